"""A saved trace is the trace; opening one reads its header alone."""

import time

import msgspec
import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from torch import nn

from lstm_viz import capture
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.file_kinds import kind_of
from lstm_viz.tracing import NotKeptError, load_trace

_MODULES = [
    nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2),
    nn.GRU(3, 4).double(),
    nn.RNN(3, 4, 2, nonlinearity="relu"),
    nn.LSTMCell(3, 4),
]


def _traced(module, *, quantities=None):
    dtype = next(module.parameters()).dtype
    x = torch.randn(2, 3) if isinstance(module, nn.RNNCellBase) else torch.randn(5, 2, 3)
    with torch.no_grad(), capture(module, quantities=quantities) as captured:
        module(x.to(dtype))
    return captured[""]


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # oneDNN has none
@pytest.mark.parametrize("module", _MODULES, ids=str)
def test_a_trace_is_what_was_saved(module, tmp_path):
    trace = _traced(module)
    trace.save(tmp_path / "t.safetensors", "encoder.rnn")
    again, name = load_trace(tmp_path / "t.safetensors")
    assert type(again) is type(trace) and name == "encoder.rnn" and again.kept == trace.kept
    assert again.max_error == trace.max_error and repr(again) == repr(trace)
    for field in (*trace.kept, "x", "h0", "lengths", *(("c0",) if "c" in trace.kept else ())):
        found, expected = getattr(again, field), getattr(trace, field)
        assert found.dtype == expected.dtype and not found.flags.writeable
        np.testing.assert_array_equal(found, expected)
    assert kind_of(tmp_path / "t.safetensors") == "trace"


def test_past_the_end_of_a_sequence_there_is_nothing(tmp_path):
    lstm = nn.LSTM(3, 4)
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(5, 2, 3), torch.tensor([5, 2]))
    with torch.no_grad(), capture(lstm) as captured:
        lstm(packed)
    captured[""].save(tmp_path / "t")
    again = load_trace(tmp_path / "t").trace
    assert again.lengths.tolist() == [5, 2] and np.isnan(again.c[0, 0, 2:, 1]).all()


def test_quantities_that_were_not_kept_are_not_there(tmp_path):
    _traced(nn.LSTM(3, 4), quantities=("c", "h")).save(tmp_path / "t")
    again = load_trace(tmp_path / "t").trace
    assert again.kept == ("c", "h")
    with pytest.raises(NotKeptError):
        _ = again.f


def test_it_is_a_safetensors_file_for_others(tmp_path):
    trace = _traced(nn.GRU(3, 4))
    trace.save(tmp_path / "t")
    np.testing.assert_array_equal(load_file(tmp_path / "t")["z"], trace.z)


def test_a_file_that_is_there_is_replaced(tmp_path):
    (tmp_path / "t").write_bytes(b"old")
    _traced(nn.GRU(3, 4)).save(tmp_path / "t")
    assert [path.name for path in tmp_path.iterdir()] == ["t"] and load_trace(tmp_path / "t").trace.steps == 5


def _stored(path):
    """Return a trace of 10,000 steps and 1,024 units, which takes no room on the disk."""
    steps, units = 10_000, 1_024
    shapes = dict.fromkeys("ifgoch", (1, 1, steps, 1, units))
    shapes |= {"h0": (1, 1, 1, units), "c0": (1, 1, 1, units), "x": (steps, 1, 64)}
    metadata = {"format": "lstm-viz trace", "version": "1", "kind": "LSTM", "max_error": "0.0"}
    header, place = {"__metadata__": metadata}, 0
    for name, shape, dtype, size in [
        *((n, s, "F32", 4) for n, s in shapes.items()),
        ("lengths", (1,), "I64", 8),
    ]:
        end = place + size * int(np.prod(shape))
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, end]}
        place = end
    encoded = msgspec.json.encode(header)
    with path.open("wb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded)
        file.truncate(8 + len(encoded) + place)


def test_a_large_trace_is_opened_within_a_second(tmp_path):
    _stored(tmp_path / "t")
    start = time.process_time()
    trace = load_trace(tmp_path / "t").trace
    assert trace.steps == 10_000 and trace.c[0, 0, 5_000, 0, 7] == 0
    assert time.process_time() - start < 1


_GOOD = {
    "h": np.zeros((1, 1, 2, 1, 3), np.float32),
    "h0": np.zeros((1, 1, 1, 3), np.float32),
    "lengths": np.array([2]),
}
_METADATA = {"format": "lstm-viz trace", "version": "1", "kind": "RNN", "max_error": "0.0"}
_WRONG = [
    ({"h": np.zeros((1, 1, 2, 3), np.float32)}, {}),
    ({"h": np.zeros((1, 1, 2, 1, 4), np.float32)}, {}),
    ({"h": np.zeros((1, 1, 2, 1, 3))}, {}),
    ({"h": np.zeros((1, 1, 2, 1, 3), np.int64)}, {}),
    ({"h0": np.zeros((), np.float32)}, {}),
    ({"lengths": np.array([3])}, {}),
    ({"lengths": np.array([-1])}, {}),
    ({"lengths": np.array([1, 1])}, {}),
    ({"x": np.zeros((3, 1, 2), np.float32)}, {}),
    ({"q": np.zeros(1, np.float32)}, {}),
    ({}, {"kind": "LSTM"}),
    ({}, {"kind": "x"}),
    ({}, {"version": "2"}),
    *(({}, {"max_error": text}) for text in ("", "nan", "-1", "inf")),
]


@pytest.mark.parametrize(("arrays", "metadata"), _WRONG)
def test_arrays_that_are_no_trace_are_refused(arrays, metadata, tmp_path):
    save_file({**_GOOD, **arrays}, tmp_path / "t", {**_METADATA, **metadata})
    with pytest.raises(OpeningError, match="not those of a trace"):
        load_trace(tmp_path / "t")


def test_the_same_without_what_is_wrong_is_a_trace(tmp_path):
    save_file(_GOOD, tmp_path / "t", _METADATA)
    assert load_trace(tmp_path / "t").trace.steps == 2


@pytest.mark.parametrize("name", _GOOD)
def test_arrays_that_are_missing_are_told(name, tmp_path):
    save_file({key: array for key, array in _GOOD.items() if key != name}, tmp_path / "t", _METADATA)
    with pytest.raises(OpeningError, match="not those of a trace"):
        load_trace(tmp_path / "t")


def test_other_files_are_no_traces(tmp_path):
    save_file(_GOOD, tmp_path / "weights")
    (tmp_path / "text").write_text("a")
    for name in ("weights", "text"):
        with pytest.raises(OpeningError, match="no saved trace"):
            load_trace(tmp_path / name)
    with pytest.raises(OpeningError, match="cannot be read"):
        load_trace(tmp_path / "none")
