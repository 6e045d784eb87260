"""The score that the ablation explains: that of a tag at the selected word."""

from dataclasses import dataclass

from lstm_viz.app.panels.attribution.targets import is_same_log_softmax
from lstm_viz.app.state import State
from lstm_viz.messages import Ablation, Target


@dataclass(frozen=True, slots=True)
class ExplainedScore:
    """The selected word in reading ``number``, its ``own`` tag, and the tag that is explained.

    ``log_softmax`` is that of the explained tag in the reading; NaN where the word has no tag.
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


def explained_score(state: State) -> ExplainedScore | None:
    """Return the score that the selection explains; None where there is no word, or no score."""
    reading, selection = state.reading, state.selection
    if reading is None or not reading.words or reading.model.lacks("scores"):
        return None
    step, tagset = min(selection.step, len(reading.words) - 1), reading.model.tags
    word, tag = reading.words[step], state.tag
    module = reading.explained
    return ExplainedScore(
        number=reading.number,
        step=step,
        word=word.text,
        own=reading.tag(step),
        tag=tag,
        target=state.target,
        log_softmax=float(reading.scores[reading.row(step), tagset.index(tag)])
        if tag in tagset
        else float("nan"),
        tagset=tagset,
        num_layers=module.num_layers,
        num_directions=module.num_directions,
        is_decoded_together=reading.trellis is not None,
    )


def is_about(ablation: Ablation, score: ExplainedScore) -> bool:
    """Return whether a result is about this word and tag of this reading, and has its log-softmax."""
    if not _is_at(ablation, score) or (ablation.tag, ablation.target) != (
        score.tag,
        score.target,
    ):
        return False
    return is_same_log_softmax(ablation.log_softmax, score.log_softmax)


def has_begun(ablation: Ablation, score: ExplainedScore) -> bool:
    """Return whether the engine has started on this score, without any change computed yet."""
    return _is_at(ablation, score) and not ablation.tag


def _is_at(ablation: Ablation, score: ExplainedScore) -> bool:
    return (ablation.reading, ablation.step) == (score.number, score.step)
