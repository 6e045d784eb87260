"""Files that a person opens: model files, and the notes beside them."""

import io
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from safetensors.torch import save
from torch import nn

from lstm_viz.opening.describe import WeightsFile, describe
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.inference import infer
from lstm_viz.opening.inputs import TypedInput
from lstm_viz.opening.label_files import read_labels
from lstm_viz.opening.layout import Layout
from lstm_viz.opening.notes import ModelNotes, column_kind, guessed, open_fields, problems
from lstm_viz.opening.notes_file import encode_notes, notes_path, read_notes, write_notes
from lstm_viz.opening.stored import ITEM_BYTES
from lstm_viz.rebuilding.model import rebuild
from lstm_viz.tracing import capture, load_trace
from tests.fuzz.mutators.json import mutate_json
from tests.fuzz.mutators.safetensors import mutate_safetensors
from tests.fuzz.mutators.torch_files import mutate_torch_file
from tests.fuzz.target import Run, Target

_STEPS, _MOST_GAPS = 3, 10


def _models(folder: Path) -> Run:
    """Return what opens a model file, guesses what is not in it, and runs the model."""
    path = folder / "model"

    def run(data: bytes) -> None:
        path.write_bytes(data)
        weights = describe(path)
        _check_places(weights, len(data))
        layout = infer(weights.state_dicts)
        notes = guessed(layout, weights.labels)
        open_fields(layout, notes)
        if not problems(layout, notes):
            _run_model(weights, layout, notes)
        else:
            assert not layout.recurrents

    return run


def _check_places(weights: WeightsFile, size: int) -> None:
    for state_dict in weights.state_dicts:
        for tensor in state_dict.tensors.values():
            item = ITEM_BYTES[tensor.dtype]
            assert tensor.nbytes <= size and tensor.place + tensor.span * item <= size


def _run_model(weights: WeightsFile, layout: Layout, notes: ModelNotes) -> None:
    model = rebuild(weights, layout, notes)
    first = layout.recurrent(notes.recurrents[0])
    assert first is not None
    with torch.no_grad():
        x = torch.zeros(_STEPS, 1, first.input_size)
        rows = torch.zeros(_STEPS, 1, dtype=torch.int64)
        dtype = next(model.recurrents[0].parameters()).dtype
        output = model.module(rows if model.embedding is not None else x.to(dtype))
    assert len(output) == _STEPS


def _traces(folder: Path) -> Run:
    path = folder / "trace"

    def run(data: bytes) -> None:
        path.unlink(missing_ok=True)  # the one before is mapped into memory
        path.write_bytes(data)
        trace, _ = load_trace(path)
        for name, array in trace.quantities.items():
            assert array.ndim == 5 and array.nbytes <= len(data), name
        assert trace.lengths.max(initial=0) <= trace.steps and trace.max_error >= 0

    return run


def _notes(folder: Path) -> Run:
    model = folder / "model.pt"

    def run(data: bytes) -> None:
        notes_path(model).write_bytes(data)
        notes = read_notes(model)
        assert notes is not None
        problems(_layout(), notes)
        write_notes(model, notes)
        assert read_notes(model) == notes

    return run


class _Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(3, 2)
        self.lstm = nn.LSTM(2, 2)
        self.hidden2tag = nn.Linear(2, 2)


def _labels(folder: Path) -> Run:
    path = folder / "words"

    def run(data: bytes) -> None:
        path.write_bytes(data)
        labels = read_labels(path)
        assert len(labels) <= len(data) + _MOST_GAPS
        kind = column_kind(labels)
        typed = TypedInput(ModelNotes(embedding="e", vocabulary=labels, columns=kind), len(labels), 1)
        read = typed.split(f"{typed.home} the dog <unk>")
        assert len(read.columns) == len(read.values)

    return run


@cache
def _state_dicts() -> tuple[dict[str, object], ...]:
    torch.manual_seed(1)
    tagger, normed = (
        _Tagger().state_dict(),
        nn.utils.parametrizations.weight_norm(nn.GRU(2, 2), "weight_hh_l0"),
    )
    projected = nn.LSTM(2, 3, 2, bidirectional=True, proj_size=1).state_dict()
    flat = torch.randn(24)
    return (
        dict(tagger),
        {
            "model": tagger,
            "epoch": 3,
            "optimizer": {"state": {0: {"exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 0.5}]},
            "word_to_ix": {"a": 0, "b": 1, "<unk>": 2},
            "tags": ["N", "V"],
        },
        dict(projected),
        dict(normed.state_dict()),
        {
            "module.rnn.weight_ih": flat[:4].view(2, 2),
            "module.rnn.weight_hh": nn.Parameter(flat[4:8].view(2, 2).t()),
            "module.rnn.bias_ih": flat[8:10].half(),
            "module.rnn.bias_hh": flat[10:12].double(),
        },
    )


@cache
def _layout() -> Layout:
    with TemporaryDirectory() as folder:
        (Path(folder) / "model").write_bytes(_zip_seeds()[0])
        return infer(describe(Path(folder) / "model").state_dicts)


def _zip_seeds() -> list[bytes]:
    return [_saved(tree, True) for tree in _state_dicts()]


def _legacy_seeds() -> list[bytes]:
    return [_stable(_saved(tree, False)) for tree in _state_dicts()]


def _saved(tree: object, is_zip: bool) -> bytes:
    buffer = io.BytesIO()
    torch.save(tree, buffer, _use_new_zipfile_serialization=is_zip)
    return buffer.getvalue()


def _stable(data: bytes) -> bytes:
    """Return a file whose storages have keys that are always the same, not their places in memory."""
    keys = sorted(set(re.findall(rb"X(?:\x0e|\x0f)\0\0\0(\d{14,15})", data)), key=data.index)
    for place, key in enumerate(keys):
        data = data.replace(key, b"%0*d" % (len(key), place))
    return data


def _safetensors_seeds() -> list[bytes]:
    trees = [tree for tree in _state_dicts() if "model" not in tree]
    return [
        save(
            {
                name: tensor.contiguous().clone()
                for name, tensor in tree.items()
                if isinstance(tensor, torch.Tensor)
            }
        )
        for tree in trees
    ]


def _trace_seeds() -> list[bytes]:
    torch.manual_seed(1)
    found = list[bytes]()
    for module in (nn.LSTM(2, 2, 2, bidirectional=True), nn.GRU(2, 3).double(), nn.RNN(1, 2)):
        dtype = next(module.parameters()).dtype
        with torch.no_grad(), capture(module) as captured, TemporaryDirectory() as folder:
            module(torch.ones(3, 1, module.input_size, dtype=dtype))
            captured[""].save(Path(folder) / "trace", "rnn")
            found.append((Path(folder) / "trace").read_bytes())
    return found


def _notes_seeds() -> list[bytes]:
    notes = ModelNotes(
        recurrents=("lstm",),
        embedding="word_embeddings",
        readout="hidden2tag",
        nonlinearities={"rnn": "relu"},
        batch_first=True,
        vocabulary=("a", "", "<unk>"),
        unknown="<unk>",
        outputs=("N", "V"),
        output_kind="classes",
        columns="characters",
    )
    return [encode_notes(notes), encode_notes(ModelNotes())]


def _label_seeds() -> list[bytes]:
    return [
        b"the\ndog\n\n<unk>\n",
        b"the\t12\r\ndog\t3\r\n",
        b'{"the": 0, "dog": 1, "<unk>": 3}',
        b'{"tags": ["N", "V"], "words": {"0": "a"}}',
    ]


_ROOMS = ("lstm_viz.opening", "lstm_viz.rebuilding")

TARGETS = (
    Target("torch-files", _models, _zip_seeds, mutate_torch_file, (OpeningError,), _ROOMS, 250),
    Target("old-torch-files", _models, _legacy_seeds, mutate_torch_file, (OpeningError,), _ROOMS, 150),
    Target(
        "safetensors-files", _models, _safetensors_seeds, mutate_safetensors, (OpeningError,), _ROOMS, 250
    ),
    Target(
        "saved-traces",
        _traces,
        _trace_seeds,
        mutate_safetensors,
        (OpeningError,),
        ("lstm_viz.tracing.storage", "lstm_viz.opening"),
        150,
    ),
    Target("label-files", _labels, _label_seeds, mutate_json, (OpeningError,), ("lstm_viz.opening",), 150),
    Target("model-notes", _notes, _notes_seeds, mutate_json, (OpeningError,), ("lstm_viz.opening",), 150),
)
