"""Parts of a reading: its model, its words with their tags, and the characters of a word."""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, repeat

import torch

from lstm_viz.engine.predictions import choose
from lstm_viz.engine.views import describe
from lstm_viz.messages import Floats, Model, Trellis, Word
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.presets import Preset
from lstm_viz.text.cut import Cut, plain
from lstm_viz.text.token import Token
from lstm_viz.tracing import Trace, capture


def model_of(preset: Preset) -> Model:
    """Return the description of a model for the window."""
    settings, tagger = preset.settings, preset.tagger
    return Model(
        name=preset.name,
        title=settings.title,
        about=settings.about,
        home=settings.home,
        tags=tuple(settings.tags),
        epochs=tuple(settings.epochs),
        modules=tuple(
            describe(path, tagger.get_submodule(path), reads)  # type: ignore[arg-type]
            for path, reads in tagger.recurrent_modules().items()
        ),
        home_cut=settings.home_cut,
        segmentation=preset.segmentation.kind,
        last_sentence=_last_sentence(preset),
    )


def _last_sentence(preset: Preset) -> str:
    """Return the sentence whose final state is saved with the model; "" before training, where it is zero."""
    state = preset.state if isinstance(preset.state, tuple) else (preset.state,)
    empty = all(part is not None and not part.any() for part in state)
    return "" if empty else preset.settings.before or ""


def tagged(
    preset: Preset, tokens: Sequence[Token], scores: Floats, decoded: Trellis | None, cut: Cut
) -> tuple[Word, ...]:
    """Return the words with their tags; where a score is NaN there is no tag, rather than the first one.

    ``cut`` is that of the text and may have the true tags.
    """
    known, (tags, probabilities) = preset.tagger.words, choose(preset, scores, decoded)
    gold = chain(cut.tags, repeat(""))
    return tuple(
        Word(token.text, token.start, token.end, token.text in known, tag, probability, surface, true)
        for token, tag, probability, surface, true in zip(
            tokens, tags, probabilities.tolist(), _surfaces(cut.text, tokens), gold, strict=False
        )
    )


def _surfaces(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the surface of each token where it differs from the token itself, else ""."""
    for (start, end), words in groupby(tokens, lambda token: (token.start, token.end)):
        first, *others = words
        surface = text[start:end]
        is_itself = not others and " ".join(plain(surface).split()) == plain(first.text)
        yield from repeat("" if is_itself else surface, 1 + len(others))


def spelled(tagger: WordTagger, path: str, word: str) -> tuple[Trace, tuple[str, ...]]:
    """Return the trace of the character-level module at ``path`` over one word, and the characters read."""
    with torch.no_grad(), capture(tagger.get_submodule(path), strict=False) as captured:
        tagger.inputs((word,))
    trace = captured[""]
    return trace, tuple(word[: trace.steps])
