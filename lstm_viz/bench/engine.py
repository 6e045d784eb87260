"""An engine with untrained taggers of several sizes: ``python -m lstm_viz.bench.engine``."""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ModelName
from lstm_viz.subjects.module import AnySubject, ModuleSubject
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.subjects.traces import open_trace
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.presets import Preset, PresetSettings
from lstm_viz.tagging.vocabulary import Vocabulary

#: The arguments that start it instead of the program's own engine.
BENCH_ENGINE = ("-m", "lstm_viz.bench.engine")
#: What a URI begins with that is no number of units.
LIVE, TRACE = "live:", "trace:"
_SENTENCE = ("the", "dog", "ate", "that", "apple", "and", "everybody", "read", "the", "book")
_TAGS = ("DET", "NOUN", "VERB", "PRON", "CCONJ")


def sentence(words: int) -> str:
    """Return a sentence of ``words`` words."""
    return " ".join((_SENTENCE * (words // len(_SENTENCE) + 1))[:words])


class BenchReader(Reader):
    """A reader whose URIs are the hidden sizes of its taggers.

    After `LIVE` it is the same tagger as a module of a user, after `TRACE` it is the path of a saved trace.
    """

    def models(self) -> tuple[ModelName, ...]:
        return tuple(ModelName(str(units), f"{units} units") for units in (6, 64, 256))

    def load(self, uri: str, epoch: int | None) -> AnySubject:
        if uri.startswith(TRACE):
            return open_trace(Path(uri.removeprefix(TRACE)), uri)
        found = preset(uri.removeprefix(LIVE))
        return _live(uri, found.tagger) if uri.startswith(LIVE) else TaggerSubject(uri, found)


def preset(units: str) -> Preset:
    """Return an untrained tagger with so many units."""
    torch.manual_seed(0)
    words = tuple(dict.fromkeys(_SENTENCE))
    settings = PresetSettings(
        title=units,
        about="untrained",
        home=sentence(10),
        before=None,
        tags=_TAGS,
        epochs=(0,),
        sizes=Sizes(embedding_size=64, hidden_size=int(units)),
        dev_accuracy=None,
        notice=None,
        words=words,
        characters=(),
    )
    tagger = WordTagger(Vocabulary(words), len(_TAGS), settings.sizes).eval()
    return Preset(settings, 0, tagger, None)


class UsersTagger(nn.Module):
    """The tagger as a user writes it, with the weights of one of ours."""

    def __init__(self, tagger: WordTagger) -> None:
        super().__init__()
        self.embedding, self.lstm, self.linear = tagger.word_embedding, tagger.recurrent, tagger.hidden_to_tag

    def forward(self, indices: Tensor) -> Tensor:
        output, _ = self.lstm(self.embedding(indices)[:, None])
        scores: Tensor = self.linear(output[:, 0]).log_softmax(-1)
        return scores


def _live(uri: str, tagger: WordTagger) -> ModuleSubject:
    """Return a tagger as `lstm_viz.show` is given it: a module, and a function from a text to its inputs."""

    def encode(text: str) -> tuple[Tensor, list[str]]:
        words = text.split()
        return torch.tensor(tagger.words.indices(words)), words

    def decode(scores: Tensor) -> tuple[Tensor, list[str]]:
        return scores, list(_TAGS)

    return ModuleSubject(UsersTagger(tagger), encode, decode, text=sentence(10), reads="words", uri=uri)


if __name__ == "__main__":
    sys.exit(serve_window(BenchReader()))
