"""State dicts as people's models have them, and those that look like ones of torch's modules and are not."""

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from lstm_viz.opening.describe import describe
from lstm_viz.opening.inference import infer


def _layout(weights, tmp_path):
    torch.save(weights, tmp_path / "model.pt")
    return infer(describe(tmp_path / "model.pt").state_dicts)


def _codes(layout):
    return [notice.code for notice in layout.notices]


class _Acoustic(nn.Module):
    """Batch norm between bidirectional GRUs."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 3)
        self.rnns = nn.ModuleList(nn.GRU(6, 3, bidirectional=True) for _ in range(2))
        self.norms = nn.ModuleList(nn.BatchNorm1d(6) for _ in range(2))
        self.fc = nn.Linear(6, 5)


def test_what_lies_between_the_modules_is_told(tmp_path):
    layout = _layout(_Acoustic().state_dict(), tmp_path)
    assert [part.path for part in layout.recurrents] == ["rnns.0", "rnns.1"]
    (notice,) = layout.notices
    assert notice.code == "layout_others" and notice.parameters["count"] == 2 + 2 * 5


@pytest.mark.parametrize("raw_name", ["rnns.0.weight_hh_l0_raw", "rnns.0.module.weight_hh_l0_raw"])
@pytest.mark.parametrize("is_stored_too", [True, False])
def test_a_weight_drop_language_model_has_its_raw_weights(raw_name, is_stored_too, tmp_path):
    weights = {f"rnns.0.module.{name}": value for name, value in nn.LSTM(3, 4).state_dict().items()}
    raw = weights.pop("rnns.0.module.weight_hh_l0")
    if is_stored_too or "module" not in raw_name:  # with units dropped
        weights["rnns.0.module.weight_hh_l0"] = torch.zeros_like(raw)
    layout = _layout({**weights, raw_name: raw.double()}, tmp_path)
    assert [part.path for part in layout.recurrents] == ["rnns.0.module"] and not layout.notices
    assert layout.recurrents[0].weights["weight_hh_l0"].sources[0].dtype == "float64"


def test_weights_of_a_swa_average_have_no_wrapper(tmp_path):
    average = torch.optim.swa_utils.AveragedModel(nn.Sequential(nn.GRU(2, 3)))
    (part,) = _layout(average.state_dict(), tmp_path).recurrents
    assert part.path == "0"


@pytest.mark.parametrize("wrap", [nn.DataParallel, lambda model: nn.DataParallel(nn.DataParallel(model))])
def test_a_wrapped_model_has_its_own_paths(wrap, tmp_path):
    model = nn.Sequential(nn.LSTM(2, 3))
    (part,) = _layout(wrap(model).state_dict(), tmp_path).recurrents
    assert part.path == "0"


def test_pruned_weights_are_those_that_are_left(tmp_path):
    lstm = nn.LSTM(2, 3)
    prune.l1_unstructured(lstm, "weight_hh_l0", 0.5)
    (part,) = _layout(lstm.state_dict(), tmp_path).recurrents
    assert part.weights["weight_hh_l0"].rule == "masked"


def test_a_cell_with_more_weights_than_torchs_is_told(tmp_path):
    cell = nn.LSTMCell(3, 4)
    cell.norm = nn.LayerNorm(4)
    weights = {f"layers.0.{name}": value for name, value in cell.state_dict().items()}
    layout = _layout(weights, tmp_path)
    assert [part.path for part in layout.recurrents] == ["layers.0"]
    assert "recurrent_of_its_own" in _codes(layout)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda w: w.pop("bias_hh_l1"), "recurrent_lacks"),
        (lambda w: w.pop("weight_ih_l0"), "recurrent_lacks"),
        (lambda w: w.update(weight_hr_l0=torch.ones(2, 3)), "recurrent_lacks"),
        (lambda w: w.update(weight_hh_l0=torch.ones(6, 3)), "recurrent_kind"),
        (lambda w: w.update(weight_hh_l0=torch.ones(3)), "recurrent_shape"),
        (lambda w: w.update(weight_ih_l1=torch.ones(12, 4)), "recurrent_shape"),
        (lambda w: w.update(weight_hh_l1=torch.ones(12, 3, dtype=torch.int8)), "recurrent_type"),
        (lambda w: w.update(weight_ih_l7=torch.ones(12, 3)), "recurrent_lacks"),
    ],
)
def test_what_only_looks_like_a_module_is_none_and_told(change, code, tmp_path):
    weights = dict(nn.LSTM(2, 3, 2).state_dict())
    change(weights)
    layout = _layout({f"net.{name}": value for name, value in weights.items()}, tmp_path)
    assert not layout.recurrents and code in _codes(layout)
    assert next(one for one in layout.notices if one.code == code).parameters["path"] == "net"


def test_a_matrix_without_bias_that_may_be_two_things_is_told(tmp_path):
    weights = {"rnn." + name: value for name, value in nn.GRU(4, 4).state_dict().items()}
    layout = _layout({"a.weight": torch.ones(9, 4), **weights, "b.weight": torch.ones(9, 4)}, tmp_path)
    assert [part.path for part in layout.embeddings] == ["a"] and [part.path for part in layout.linears] == [
        "b"
    ]
    assert _codes(layout) == ["part_maybe_embedding", "part_maybe_linear"]


def test_a_model_without_recurrent_modules_says_so(tmp_path):
    assert "state_dict_without_recurrent" in _codes(_layout(nn.Linear(2, 3).state_dict(), tmp_path))
