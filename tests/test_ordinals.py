"""Units, words, steps and layers are counted from 1; torch's index is written as code."""

import re
from pathlib import Path

import pytest
import torch

import lstm_viz
from lstm_viz.ordinals import index_of, ordinal, trace_element, weight_name

#: A displayed number that is computed from an index without `ordinal`.
_BY_HAND = re.compile(r"""(?:str|put|subscript)\(.*\w \+ 1\b|\{[\w.]+ \+ 1\}""")


def test_the_first_has_number_1():
    assert (ordinal(0), index_of(1)) == (1, 0)
    assert all(index_of(ordinal(k)) == k for k in range(9))


@pytest.mark.parametrize(("layer", "direction"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_the_code_beside_a_number_is_that_of_torch(layer, direction):
    module = torch.nn.LSTM(2, 3, num_layers=2, bidirectional=True)
    assert weight_name(layer, direction) in dict(module.named_parameters())
    with lstm_viz.capture(module) as capture:
        output, _ = module(torch.randn(4, 1, 2))
    trace = capture[""]
    found = eval(trace_element("h", layer, direction, 3, 2), {"trace": trace})  # our own text
    assert found == trace.h[layer, direction, 3, 0, 2]
    if layer == 1:
        assert found == pytest.approx(output[3, 0, 3 * direction + 2].item(), abs=1e-6)
    assert eval(trace_element("x", 0, direction, 3, 1), {"trace": trace}) == trace.x[3, 0, 1]
    assert trace_element("x", 1, direction, 3, 1) == "", "the input of a layer above is no x of the trace"


def test_no_text_counts_by_hand():
    texts = {path: path.read_text() for path in Path(lstm_viz.__file__).parent.rglob("*.py")}
    lines = [
        f"{path.name}: {line.strip()}"
        for path, text in texts.items()
        for line in text.splitlines()
        if _BY_HAND.search(line) and "ordinal(" not in line
    ]
    assert lines == [
        "eventfiles.py: self._writer = _module().SummaryWriter(str(place.path), purge_step=recorded + 1)"
    ]
