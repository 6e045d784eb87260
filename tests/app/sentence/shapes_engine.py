"""An engine with users' models whose modules are called in every way."""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.subjects.given import Given
from lstm_viz.subjects.module import ModuleSubject, given_inputs

sys.path.insert(0, str(Path(__file__).parents[3]))  # an engine is isolated from the current folder
from tests.app.sentence.shapes_models import LENGTHS, TEXT, Controller, packed_module


def subjects() -> tuple[ModuleSubject, ...]:
    module = packed_module()
    padded = torch.randn(max(LENGTHS), len(LENGTHS), 3, generator=torch.Generator().manual_seed(1))
    packed = pack_padded_sequence(padded, torch.tensor(LENGTHS), enforce_sorted=False)
    torch.manual_seed(2)
    single = nn.GRU(2, 3, batch_first=True)
    cells = Controller()
    return (
        ModuleSubject(module, inputs=given_inputs(module, packed), uri="live:packed"),
        ModuleSubject(single, inputs={TEXT: Given(torch.randn(4, 2))}, uri="live:single"),
        ModuleSubject(cells, inputs={TEXT: Given(torch.randn(4, 1, 2))}, uri="live:cell"),
    )


if __name__ == "__main__":
    sys.exit(serve_window(Reader(subjects())))
