"""The taggers of this program as subjects: presets, and checkpoints of runs."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.subject import Columns, Identity, Recurrent, Source, State
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import CharWordTagger, WordTagger
from lstm_viz.tagging.presets import Preset
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.text.tokenized_text import TokenizedText, is_whole, tokenized_text_of, with_fixed
from lstm_viz.tracing import Trace, capture
from lstm_viz.uris import of_preset

#: The presets that read nine words only, and the one that reads any.
_TUTORIALS = frozenset(map(of_preset, ("tutorial", "tutorial-gru", "tutorial-rnn")))
_ENGLISH = of_preset("english")


@dataclass(frozen=True, eq=False)
class TaggerSubject:
    """A `WordTagger`, of a preset or of a run, under its URI.

    What is derived from it is kept: a keystroke needs the recurrent modules several times.
    """

    uri: str
    preset: Preset

    @property
    def tagger(self) -> WordTagger:
        return self.preset.tagger

    @cached_property
    def identity(self) -> Identity:
        settings = self.preset.settings
        return Identity(
            uri=self.uri,
            title=settings.title,
            about=settings.about,
            home=settings.home,
            epoch=self.preset.epoch,
            epochs=tuple(settings.epochs),
            tokenized_home=settings.tokenized_home,
            before=settings.before,
            segmentation=self.preset.segmentation.kind,
            fallback=_ENGLISH if self.uri in _TUTORIALS else "",
        )

    @cached_property
    def recurrents(self) -> tuple[Recurrent, ...]:
        """The word-level module, and the character-level one of a `CharWordTagger`."""
        tagger = self.tagger
        words = Recurrent("recurrent", tagger.recurrent, "words", tagger.parts)
        if not isinstance(tagger, CharWordTagger):
            return (words,)
        module: nn.RNNBase = tagger.char_recurrent
        parts = (("character", module.input_size),)
        return words, Recurrent("char_recurrent", module, "characters", parts, own_columns=True)

    @cached_property
    def readout(self) -> Readout:
        return readout_of(self.tagger, tuple(self.preset.settings.tags))

    @property
    def state(self) -> State | None:
        return self.preset.state

    @property
    def rules(self) -> Hashable:
        return self.preset.segmentation

    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns:
        """Return the first words of a text, segmented like the tagger's treebank except where cut."""
        tokenized = tokenized_text_of(text, tokenized_texts)
        tokens = (
            tokenized.tokens
            if is_whole(tokenized)
            else with_fixed(self.preset.segmentation.segment(text), tokenized)
        )
        return Columns(tokens[:limit], len(tokens))

    def knows(self, column: str) -> bool:
        return column in self.tagger.words

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return self.tagger.words.items

    @property
    def embedding(self) -> Tensor:
        """The rows of the words, without that of all unknown ones."""
        return self.tagger.word_embedding.weight.detach()[: len(self.tagger.words)]

    def inputs(self, columns: tuple[str, ...]) -> Tensor:
        return self.tagger.inputs(columns)

    def trace_within(self, path: str, column: str) -> tuple[Trace, tuple[str, ...]]:
        """Return the trace of the character-level module over one word, and the characters read."""
        with torch.no_grad(), capture(self.tagger.get_submodule(path), strict=False) as captured:
            self.tagger.inputs((column,))
        trace = captured[""]
        return trace, tuple(column[: trace.steps])

    def sources(self, path: str, column: str) -> tuple[Source, ...]:
        """Return the rows of the embeddings, and the character-level state after the word."""
        tagger = self.tagger
        if not isinstance(tagger, CharWordTagger):
            return (_row("word", tagger.words, tagger.word_embedding, column),)
        if path == "char_recurrent":
            return (_row("character", tagger.characters, tagger.char_embedding, column),)
        trace, characters = self.trace_within("char_recurrent", column)
        spelled = Source("characters", trace.h[-1, 0, -1, 0], "".join(characters), module="char_recurrent")
        return _row("word", tagger.words, tagger.word_embedding, column), spelled

    @torch.no_grad()
    def predict(self, batch: Sequence[tuple[str, ...]]) -> list[tuple[int, ...]]:
        """Return the index of the predicted tag of each word of several sentences."""
        tagger = self.tagger
        read = tagger.batch(batch)
        predicted = tagger.decode(tagger(read), read.lengths).T.tolist()
        return [tuple(row[:length]) for row, length in zip(predicted, read.lengths.tolist(), strict=True)]


def readout_of(tagger: WordTagger, names: tuple[str, ...] | None = None) -> Readout:
    """Return the readout of a tagger; without ``names`` of its tags, these are their indices."""
    names = tuple(map(str, range(tagger.hidden_to_tag.out_features))) if names is None else names
    return Readout("tags", names, tagger.logits, tagger.hidden_to_tag, tagger.chain)


def load_preset(name: str, epoch: int | None) -> TaggerSubject:
    """Return a preset at an epoch (None: the last); raises `lstm_viz.tagging.presets.PresetError`."""
    return TaggerSubject(of_preset(name), presets.load(name, epoch))


def preset_titles() -> tuple[tuple[str, str], ...]:
    """Return the URI and the title of each preset, in the order of the chooser."""
    return tuple((of_preset(name), presets.title(name)) for name in presets.names())


def _row(name: str, vocabulary: Vocabulary, embedding: nn.Embedding, text: str) -> Source:
    row = vocabulary.indices([text])[0]
    return Source(name, embedding.weight[row].detach().numpy(), text, row, text in vocabulary)
