"""What the ranking is to be about: the word and the tag in front."""

from dataclasses import dataclass

from lstm_viz.app.sentence.targets import is_same_log_softmax
from lstm_viz.app.state import State
from lstm_viz.messages import Ablated, Target


@dataclass(frozen=True, slots=True)
class Subject:
    """The word that is looked at in reading ``number``, its ``own`` tag, and the one that is asked about.

    ``log_softmax`` is that of the tag asked about, as it was read; NaN where the word has no tag.
    """

    number: int
    step: int
    word: str
    own: str
    tag: str
    target: Target
    log_softmax: float
    tagset: tuple[str, ...]
    num_layers: int
    num_directions: int
    is_decoded_together: bool


def subject_of(state: State) -> Subject | None:
    """Return what is in front; None where there is no word."""
    reading, look = state.reading, state.look
    if reading is None or not reading.words:
        return None
    step, tagset = min(look.step, len(reading.words) - 1), reading.model.tags
    word, tag = reading.words[step], state.tag
    module = next(module for module in reading.model.modules if module.reads == "words")
    return Subject(
        number=reading.number,
        step=step,
        word=word.text,
        own=word.tag,
        tag=tag,
        target=state.target,
        log_softmax=float(reading.scores[step, tagset.index(tag)]) if tag in tagset else float("nan"),
        tagset=tagset,
        num_layers=module.num_layers,
        num_directions=module.num_directions,
        is_decoded_together=reading.trellis is not None,
    )


def is_about(ablated: Ablated, subject: Subject) -> bool:
    """Tell whether an answer is about this word and tag of this reading, and has its log-softmax."""
    if not _is_at(ablated, subject) or (ablated.tag, ablated.target) != (subject.tag, subject.target):
        return False
    return is_same_log_softmax(ablated.log_softmax, subject.log_softmax)


def has_begun(ablated: Ablated, subject: Subject) -> bool:
    """Tell whether an answer says that the engine is about it, but knows nothing yet."""
    return _is_at(ablated, subject) and not ablated.tag


def _is_at(ablated: Ablated, subject: Subject) -> bool:
    return (ablated.about, ablated.step) == (subject.number, subject.step)
