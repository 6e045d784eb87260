"""Parts of a reading: its model, and its words with their tags."""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, repeat

from lstm_viz.engine.predictions import Choice
from lstm_viz.engine.views import describe
from lstm_viz.messages import Model, Word
from lstm_viz.subjects.module import AnySubject, ModuleSubject
from lstm_viz.subjects.subject import Subject, capabilities, output_names
from lstm_viz.subjects.whole import WholeSubject
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText, plain


def model_of(subject: AnySubject) -> Model:
    """Return the description of a subject for the window."""
    identity = subject.identity
    return Model(
        uri=identity.uri,
        title=identity.title,
        about=identity.about,
        home=identity.home,
        tags=output_names(subject),
        epochs=identity.epochs,
        modules=tuple(describe(one) for one in subject.recurrents),
        capabilities=capabilities(subject),
        tokenized_home=identity.tokenized_home,
        segmentation=identity.segmentation,
        last_sentence=_last_sentence(subject),
        fallback=identity.fallback,
        inputs=subject.names if isinstance(subject, WholeSubject) else (),
        lengths=subject.lengths if isinstance(subject, ModuleSubject) else (),
        features=subject.features if isinstance(subject, ModuleSubject) else (),
        readout=None if subject.readout is None else subject.readout.kind,
        is_sequential=not isinstance(subject, WholeSubject),
        outputs=None if subject.readout is None else subject.readout.each,
        hint=identity.hint,
        notices=identity.notices,
    )


def _last_sentence(subject: AnySubject) -> str:
    """Return the sentence whose final state is saved with the model; "" before training, where it is zero."""
    if isinstance(subject, WholeSubject):
        return ""
    state = subject.state if isinstance(subject.state, tuple) else (subject.state,)
    empty = all(part is not None and not part.any() for part in state)
    return "" if empty else subject.identity.before or ""


def tagged(
    subject: Subject, tokens: Sequence[Token], choice: Choice, tokenized: TokenizedText
) -> tuple[Word, ...]:
    """Return the words with their tags; where a score is NaN there is no tag, rather than the first one.

    ``tokenized`` is that of the text and may have the true tags.
    """
    gold = chain(tokenized.tags, repeat(""))
    return tuple(
        Word(token.text, token.start, token.end, subject.knows(token.text), tag, probability, surface, true)
        for token, tag, probability, surface, true in zip(
            tokens,
            choice.tags,
            choice.probabilities.tolist(),
            _surfaces(tokenized.text, tokens),
            gold,
            strict=False,
        )
    )


def _surfaces(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the surface of each token where it differs from the token itself, else ""."""
    for (start, end), words in groupby(tokens, lambda token: (token.start, token.end)):
        first, *others = words
        surface = text[start:end]
        is_itself = not others and (
            surface == first.text or " ".join(plain(surface).split()) == plain(first.text)
        )
        yield from repeat("" if is_itself else surface, 1 + len(others))
