"""An engine whose models are more certain than float32 can tell, or know a single tag."""

import sys
from dataclasses import replace

import msgspec
import torch
from torch import nn

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ModelName
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging import presets

#: Of "surest" a tag is certain without any input too; "exact" is "certain" in float64.
_BASE = {"certain": "tutorial", "exact": "tutorial", "surest": "tutorial-gru", "alone": "tutorial"}


class SaturatedReader(Reader):
    def models(self) -> tuple[ModelName, ...]:
        return tuple(ModelName(name, name) for name in _BASE)

    @torch.no_grad()
    def load(self, name: str, epoch: int | None) -> TaggerSubject:
        preset = presets.load(_BASE[name])
        tags, tagger = preset.settings.tags, preset.tagger
        if name == "alone":
            tags, tagger.hidden_to_tag = tags[:1], nn.Linear(tagger.hidden_to_tag.in_features, 1)
            tagger.hidden_to_tag.weight.fill_(0.5)
        else:
            for weight in tagger.hidden_to_tag.parameters():
                weight.mul_(100)
        for module in tagger.children() if name == "exact" else ():
            module.double()
        settings = msgspec.structs.replace(preset.settings, title=name, tags=tags)
        return TaggerSubject(name, replace(preset, settings=settings, state=None))


if __name__ == "__main__":
    sys.exit(serve_window(SaturatedReader()))
