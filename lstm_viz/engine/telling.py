"""What a reading says of its model and of each word, and how a word was spelled."""

import torch

from lstm_viz.engine.choosing import choose
from lstm_viz.engine.views import describe
from lstm_viz.messages import Floats, Model, Trellis, Word
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.presets import Preset
from lstm_viz.text.tokens import Token
from lstm_viz.tracing import Trace, capture


def model_of(preset: Preset) -> Model:
    """Return what the window must know of a model."""
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
    )


def tagged(preset: Preset, tokens: list[Token], scores: Floats, decoded: Trellis | None) -> tuple[Word, ...]:
    """Return the words with their tags; what is not a number gives no tag, rather than the first."""
    known, (tags, probabilities) = preset.tagger.words, choose(preset, scores, decoded)
    return tuple(
        Word(token.text, token.start, token.end, token.text in known, tag, probability)
        for token, tag, probability in zip(tokens, tags, probabilities.tolist(), strict=True)
    )


def spelled(tagger: WordTagger, path: str, word: str) -> tuple[Trace, tuple[str, ...]]:
    """Return what the character net at ``path`` computed over one word, and the characters it read."""
    with torch.no_grad(), capture(tagger.get_submodule(path)) as captured:
        tagger.inputs((word,))
    trace = captured[""]
    return trace, tuple(word[: trace.steps])
