"""An engine with untrained taggers of several sizes: ``python -m lstm_viz.bench.engine``."""

import sys

import torch

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ModelName
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.presets import Preset, PresetSettings
from lstm_viz.tagging.vocabulary import Vocabulary

#: The arguments that start it instead of the program's own engine.
BENCH_ENGINE = ("-m", "lstm_viz.bench.engine")
_SENTENCE = ("the", "dog", "ate", "that", "apple", "and", "everybody", "read", "the", "book")
_TAGS = ("DET", "NOUN", "VERB", "PRON", "CCONJ")


def sentence(words: int) -> str:
    """Return a sentence of ``words`` words."""
    return " ".join((_SENTENCE * (words // len(_SENTENCE) + 1))[:words])


class BenchReader(Reader):
    """A reader whose URIs are the hidden sizes of its taggers."""

    def models(self) -> tuple[ModelName, ...]:
        return tuple(ModelName(str(units), f"{units} units") for units in (6, 64, 256))

    def load(self, uri: str, epoch: int | None) -> TaggerSubject:
        torch.manual_seed(0)
        units, words = int(uri), tuple(dict.fromkeys(_SENTENCE))
        settings = PresetSettings(
            title=uri,
            about="untrained",
            home=sentence(10),
            before=None,
            tags=_TAGS,
            epochs=(0,),
            sizes=Sizes(embedding_size=64, hidden_size=units),
            dev_accuracy=None,
            notice=None,
            words=words,
            characters=(),
        )
        tagger = WordTagger(Vocabulary(words), len(_TAGS), settings.sizes).eval()
        return TaggerSubject(uri, Preset(settings, 0, tagger, None))


if __name__ == "__main__":
    sys.exit(serve_window(BenchReader()))
