"""An engine whose models choose the tags together: a small one, one of 17 tags, a broken and a plain one."""

import sys
from dataclasses import replace

import msgspec
import torch

from lstm_viz.crf import LinearChain
from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ModelName
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging import presets

_BASE = {"small": "tutorial", "large": "english", "broken": "tutorial", "plain": "tutorial"}


class ChainedReader(Reader):
    def models(self) -> tuple[ModelName, ...]:
        return tuple(ModelName(name, name) for name in _BASE)

    def load(self, name: str, epoch: int | None) -> TaggerSubject:
        preset = presets.load(_BASE[name])
        settings = msgspec.structs.replace(preset.settings, title=name)
        if name != "plain":
            preset.tagger.chain = chain(name, len(settings.tags))
        return TaggerSubject(name, replace(preset, settings=settings))


def chain(name: str, num_tags: int) -> LinearChain:
    """Return one that forbids V after NN; for many tags, one at random."""
    made = LinearChain(num_tags)
    with torch.no_grad():
        if name == "large":
            torch.manual_seed(0)
            made.transitions.normal_(std=3.0)
        else:
            made.transitions[1, 2] = torch.nan if name == "broken" else -20.0
            made.start[0], made.end[1] = 0.5, 0.25
    return made


if __name__ == "__main__":
    sys.exit(serve_window(ChainedReader()))
