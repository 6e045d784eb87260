"""What a file is follows from its content, whatever its name."""

import io
import pickle
import tarfile
import zipfile

import pytest
import torch
from safetensors.torch import save
from torch import nn
from torch.package import PackageExporter

from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.file_kinds import TRACE_FORMAT, kind_of
from tests.fuzz import seeds

_CONLLU = (
    b"# text = The dog\n1\tThe\tthe\tDET\t_\t_\t2\tdet\t_\t_\n2\tdog\tdog\tNOUN\t_\t_\t0\troot\t_\t_\n\n"
)


def _saved(tree, **options):
    buffer = io.BytesIO()
    torch.save(tree, buffer, **options)
    return buffer.getvalue()


def _zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


def _script():
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.Linear(1, 1)), buffer)
    return buffer.getvalue()


def _package():
    buffer = io.BytesIO()
    with PackageExporter(buffer) as exporter:
        exporter.save_text("a", "b", "c")
    return buffer.getvalue()


def _tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        file.addfile(tarfile.TarInfo("storages"))
    return buffer.getvalue()


_WEIGHTS = {"weight": torch.zeros(2, 2)}
_KINDS = {
    "safetensors": save(_WEIGHTS),
    "trace": save(_WEIGHTS, {"format": TRACE_FORMAT}),
    "torch": _saved(_WEIGHTS),
    "torch-legacy": _saved(_WEIGHTS, _use_new_zipfile_serialization=False),
    "conllu": _CONLLU,
    "text": "Größe\n".encode(),
    "tensorboard": b"\x18\0\0\0\0\0\0\0\xa3\x7fK\x22"
    b"\x09\0\0\xc0\x9b\x8d\x1c\xdaA\x1a\x0dbrain.Event:2\0\0\0\0",
}
_REFUSED = {
    "file_torchscript": _script,
    "file_torch_package": _package,
    "file_torch_export": lambda: _zipped("m/archive_format", "m/data/0"),
    "file_torch_tar": _tar,
    "file_pickle": lambda: pickle.dumps({"a": 1}),
    "file_unknown": lambda: _zipped("word/document.xml"),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_file_is_what_it_has_in_it(kind, tmp_path):
    path = tmp_path / "file.exe"
    path.write_bytes(_KINDS[kind])
    assert kind_of(path) == kind


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("code", _REFUSED)
def test_other_formats_are_refused_by_name(code, tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(_REFUSED[code]())
    with pytest.raises(OpeningError) as error:
        kind_of(path)
    assert error.value.code == code and "model.pt" in str(error.value)


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\xff\xfe\xfd", b"\x89HDF\r\n"])
def test_anything_else_is_unknown(data, tmp_path):
    (tmp_path / "file.pt").write_bytes(data)
    with pytest.raises(OpeningError) as error:
        kind_of(tmp_path / "file.pt")
    assert error.value.code == "file_unknown"


def test_a_run_is_a_folder_with_a_run(tmp_path):
    with pytest.raises(OpeningError, match="is no run"):
        kind_of(tmp_path)
    (tmp_path / "run.json").write_bytes(seeds.run_files()["run.json"])
    assert kind_of(tmp_path) == "run"


def test_a_letter_that_is_cut_at_the_end_of_the_head_is_no_damage(tmp_path):
    (tmp_path / "text").write_bytes(b"a" + "é".encode() * (1 << 16))
    assert kind_of(tmp_path / "text") == "text"
