"""Taggers of every kind, freshly drawn, and edits of what they read."""

import torch

from lstm_viz.engine.reader import Reader
from lstm_viz.messages import SetValue
from lstm_viz.subjects.module import AnySubject
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging.models import Sizes
from lstm_viz.tagging.presets import Preset, PresetSettings

TEXT = "The dog ate that apple"
WORDS = tuple(TEXT.split())
#: Nets of every kind, untrained, by what is in their names.
NETS = ("LSTM", "GRU", "RNN", "LSTM 2 both", "GRU 2 both", "RNN 2", "LSTM 2 crf")


class Untrained(Reader):
    """Reads with a freshly drawn tagger of the kind that the model's name tells."""

    def load(self, name: str, epoch: int | None) -> AnySubject:
        kinds = name.split()
        torch.manual_seed(0)
        sizes = Sizes(
            embedding_size=3,
            hidden_size=1 if "one" in kinds else 4,
            cell=kinds[0],
            num_layers=2 if "2" in kinds else 1,
            bidirectional="both" in kinds,
            decoder="crf" if "crf" in kinds else "argmax",
            char_embedding_size=2 if "spells" in kinds else 0,
            char_hidden_size=3 if "spells" in kinds else 0,
        )
        settings = PresetSettings(
            title=name,
            about="",
            home=TEXT,
            before=None,
            tags=("A",) if "alone" in kinds else ("A", "B", "C"),
            epochs=(0,),
            sizes=sizes,
            dev_accuracy=None,
            notice=None,
            words=(*WORDS, "it", "cat"),
            characters=tuple("adehlopt") if "spells" in kinds else (),
        )
        tagger = settings.tagger().eval()
        if "relu" in kinds:
            tagger.recurrent.mode, tagger.recurrent.nonlinearity = "RNN_RELU", "relu"
        if tagger.chain is not None:
            torch.nn.init.normal_(tagger.chain.transitions)
        if "broken" in kinds:
            tagger.recurrent.weight_hh_l0.data[:] = torch.nan
        return TaggerSubject(name, Preset(settings, 0, tagger, None))


def set_(quantity, value, unit=None, first=None, last=None, **more):
    """Return an edit that was chosen in `TEXT`."""
    return SetValue(quantity, value, unit, first, last, **{"words": WORDS, **more})
