"""Files that would run code, take memory or lie about their sizes are refused, with the reason."""

import io
import os
import pickle
import struct
import tracemalloc
import zipfile
from collections import OrderedDict

import pytest
import torch
from torch import nn

from lstm_viz.opening.describe import describe
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.inference import infer
from lstm_viz.rebuilding.numbers import read_numbers

_MOST_MEMORY = 64 << 20


class Runs:
    """Runs a function when it is unpickled."""

    def __init__(self, function, *arguments):
        self._called = function, arguments

    def __reduce__(self):
        return self._called


class Raw:
    """A pickle of instructions as they are given."""

    def __init__(self, data):
        self.data = data


def _zip(path, pickled, *records, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as file:
        file.writestr("file/data.pkl", pickled)
        file.writestr("file/byteorder", "little")
        for name, data in records:
            file.writestr(f"file/{name}", data)


def _pickled(tree):
    return tree.data if isinstance(tree, Raw) else pickle.dumps(tree, protocol=2)


def _refused(path):
    tracemalloc.start()
    with pytest.raises(OpeningError) as found:
        describe(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * path.stat().st_size + _MOST_MEMORY
    return found.value


def _reason(path):
    error = _refused(path)
    assert error.code == "file_damaged"
    return error.parameters["reason"].code


@pytest.mark.parametrize(
    ("tree", "name"),
    [
        (Runs(os.system, "touch ran"), f"{os.name}.system"),
        ({"model": OrderedDict(a=[Runs(os.system, "touch ran")])}, f"{os.name}.system"),
        (Runs(eval, "open('ran', 'w')"), "builtins.eval"),
        (Runs(getattr, "", "join"), "builtins.getattr"),
        (Runs(torch.load, "file"), "torch.serialization.load"),
        (Runs(torch.hub.load, "x"), "torch.hub.load"),
        ({"a": Runs(pickle.loads, b"")}, "pickle.loads"),
        (Raw(b"\x80\x02cos.path\njoin\n."), "os.path.join"),
        (Raw(b"\x80\x02c__main__\nNet\n)\x81}b."), "__main__.Net"),
        (Raw(b"\x80\x02ctorch.nn.modules.rnn\nLSTM\n)\x81}b."), "torch.nn.modules.rnn.LSTM"),
    ],
)
@pytest.mark.parametrize("is_legacy", [False, True])
def test_what_is_asked_beyond_weights_is_named_and_not_run(tree, name, is_legacy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "model.pt"
    if is_legacy:
        heads = (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})
        path.write_bytes(b"".join(pickle.dumps(head, protocol=2) for head in heads) + _pickled(tree))
    else:
        _zip(path, _pickled(tree))
    error = _refused(path)
    assert (error.code, error.parameters) == ("pickle_asks", {"name": "model.pt", "asked": name})
    assert os.listdir(tmp_path) == ["model.pt"]  # noqa: PTH208


def test_a_whole_module_is_refused_by_the_name_of_its_class(tmp_path):
    torch.save(nn.LSTM(2, 3), tmp_path / "model.pt")
    assert _refused(tmp_path / "model.pt").parameters["asked"] == "torch.nn.modules.rnn.LSTM"


def test_more_numbers_than_are_stored_are_refused(tmp_path):
    path = tmp_path / "bomb.pt"
    torch.save({"weight": torch.zeros(1).expand(1 << 20, 1 << 20)}, path)
    assert path.stat().st_size < 2_000
    assert _reason(path) == "tensor_beyond_storage"


def test_a_tensor_that_goes_beyond_its_storage_is_refused(tmp_path):
    path = tmp_path / "model.pt"
    torch.save({"weight": torch.zeros(64)}, path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"K\x00K@\x85", b"K\x01K@\x85"))
    assert path.read_bytes() != data and _reason(path) == "tensor_beyond_storage"


_MANY = 500_000
_BOMBS = {
    "many lists": b"\x80\x02(" + b"]" * _MANY + b"t.",
    "many marks": b"\x80\x02" + b"(" * _MANY + b".",
    "many copies": b"\x80\x02]("
    + b"K\x01K\x01\x86" * 10_000
    + b"eq\0"
    + b"ccollections\nOrderedDict\nh\0\x85R" * 50_000
    + b".",
    "a far place of the memo": b"\x80\x02Nr\xff\xff\xff\xff.",
    "a long text": b"\x80\x02X\xff\xff\xff\xffa.",
    "deep tuples as a key": b"\x80\x02}N" + b"\x85" * 100_000 + b"Ns.",
    "deep lists": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
    "equal hashes": b"\x80\x02}("
    + b"".join(b"\x8a\x10" + (k * (2**61 - 1)).to_bytes(16, "little") + b"N" for k in range(40_000))
    + b"u.",
    "many bytes": b"\x80\x02cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R.",
}  # fmt: skip


@pytest.mark.parametrize("name", _BOMBS)
def test_a_pickle_takes_little_memory_and_time(name, tmp_path):
    _zip(tmp_path / "model.pt", _BOMBS[name])
    assert _refused(tmp_path / "model.pt").code in ("file_damaged", "file_without_weights")


_ARGUMENTS = b"N" * 50_000
_CALLED = b"ctorch._utils\n_rebuild_qtensor\nq\1"
_STORAGE = b"X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\x000NK\1"


@pytest.mark.parametrize(
    ("pickled", "reason"),
    [
        (b"\x80\2](" + _STORAGE + _ARGUMENTS + b"eq\0(" + b"h\0Q" * 50_000 + b"t.", "pickle_invalid"),
        (b"\x80\2(" + _STORAGE + _ARGUMENTS + b"tq\0(" + b"h\0Q" * 50_000 + b"t.", "pickle_invalid"),
        (
            b"\x80\2(" + _ARGUMENTS + b"tq\0(" + _CALLED + b"h\1h\0R" * 30_000 + b"t.",
            "pickle_too_large",
        ),
    ],
)  # fmt: skip
def test_what_is_kept_once_is_not_read_many_times(pickled, reason, tmp_path):
    _zip(tmp_path / "model.pt", pickled)
    assert _reason(tmp_path / "model.pt") == reason


def test_compressed_entries_are_refused(tmp_path):
    path = tmp_path / "model.pt"
    _zip(path, _pickled({}), ("data/0", bytes(50 << 20)), compression=zipfile.ZIP_DEFLATED)
    assert _reason(path) == "zip_compressed"


def _directory(data):
    end = data.rfind(b"PK\5\6")
    return struct.unpack_from("<I", data, end + 16)[0]


def test_entries_that_overlap_are_refused(tmp_path):
    path = tmp_path / "model.pt"
    _zip(path, _pickled({}), ("data/0", bytes(100)), ("data/1", bytes(100)))
    data = bytearray(path.read_bytes())
    places = [k for k in range(_directory(data), len(data)) if data.startswith(b"PK\1\2", k)]
    data[places[-1] + 42 : places[-1] + 46] = data[places[-2] + 42 : places[-2] + 46]
    path.write_bytes(data)
    assert _reason(path) == "zip_invalid"


def test_a_directory_of_a_million_entries_is_refused(tmp_path):
    central = struct.pack("<4s4xHH4xIIIHHH8xI", b"PK\1\2", 0, 0, 0, 0, 0, 0, 0, 0, 0) * 400_000
    end = struct.pack("<4s4xHHII2x", b"PK\5\6", 0xFFFF, 0xFFFF, len(central), 4)
    (tmp_path / "model.pt").write_bytes(b"PK\3\4" + central + end)
    assert _reason(tmp_path / "model.pt") == "zip_invalid"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b'{"a":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4]}}', "tensor_beyond_storage"),
        (
            b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
            b'"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
            "header_gaps",
        ),
        (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', "header_gaps"),
        (b'{"a":{"dtype":"Q3","shape":[1],"data_offsets":[0,4]}}', "tensor_type"),
        (b'{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', "header_invalid"),
        (b'{"a":' + b"[" * 100_000, "header_invalid"),
    ],
)  # fmt: skip
def test_a_header_that_lies_is_refused(header, reason, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    assert _reason(path) == reason


@pytest.mark.parametrize("length", [1 << 31, (1 << 63) - 1, (1 << 64) - 1])
def test_a_header_of_any_length_takes_no_memory(length, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", length) + b"{}")
    assert _refused(path).code == "file_unknown"


def test_a_header_may_be_no_larger_than_that_of_any_model(tmp_path):
    header = b"{" + b" " * (9 << 20) + b"}"
    (tmp_path / "model").write_bytes(struct.pack("<Q", len(header)) + header)
    assert _reason(tmp_path / "model") == "header_too_large"


def test_tensors_that_overlap_do_not_take_more_than_the_file(tmp_path):
    storage = torch.zeros(100_000)
    torch.save({str(k): storage[k : k + 90_000] for k in range(1_000)}, tmp_path / "model.pt")
    found = describe(tmp_path / "model.pt")
    with pytest.raises(OpeningError) as error:
        read_numbers(found, found.state_dicts[0].tensors.values())
    assert error.value.parameters["reason"].code == "weights_overlap"


def test_a_file_that_was_changed_is_not_read(tmp_path):
    path = tmp_path / "model.pt"
    torch.save(nn.LSTM(2, 3).state_dict(), path)
    found = describe(path)
    torch.save(nn.LSTM(2, 4).state_dict(), path)
    with pytest.raises(OpeningError) as error:
        read_numbers(found, found.state_dicts[0].tensors.values())
    assert error.value.code == "file_changed"


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    assert _refused(tmp_path / "fifo").code == "file_unreadable"
    with pytest.raises(OpeningError, match="cannot be read"):
        describe(tmp_path / "none")


def test_a_state_dict_of_anything_says_what_it_is_not(tmp_path):
    torch.save({"weight_hh_l0": torch.zeros(10, 5), "weight_ih_l0": torch.zeros(10, 5)}, tmp_path / "file")
    layout = infer(describe(tmp_path / "file").state_dicts)
    assert not layout.recurrents
    assert layout.notices[0].code == "recurrent_kind"


def test_torch_itself_refuses_what_is_refused_here(tmp_path):
    buffer = io.BytesIO()
    torch.save({"a": Runs(os.system, "true")}, buffer)
    with pytest.raises(pickle.UnpicklingError):
        torch.load(io.BytesIO(buffer.getvalue()), weights_only=True)
