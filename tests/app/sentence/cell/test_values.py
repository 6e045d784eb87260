import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.app.panels.cell.sheet import plain_text
from lstm_viz.app.panels.cell.values import gate_sum, step_values, with_sums

KINDS = st.sampled_from(["LSTM", "GRU", "RNN_TANH"])


def test_an_lstm_step_by_hand(cell_of):
    view = cell_of("LSTM").view
    numbers = step_values(view, 2, 3).numbers
    q = {name: rows[:, 3].astype(float) for name, rows in view.quantities.items()}
    assert numbers["f"] == q["f"][2]
    assert numbers["c_prev"] == q["c"][1]
    assert numbers["h_prev"] == q["h"][1]
    assert numbers["f·c_prev"] == q["f"][2] * q["c"][1]
    assert numbers["i·g"] == q["i"][2] * q["g"][2]
    assert numbers["tanh_c"] == np.tanh(q["c"][2])
    assert numbers["o"] * numbers["tanh_c"] == pytest.approx(numbers["h"], abs=1e-6)


def test_a_gru_step_by_hand(cell_of):
    view = cell_of("GRU").view
    numbers = step_values(view, 1, 0).numbers
    z, n, before = (float(view.quantities[name][t, 0]) for name, t in (("z", 1), ("n", 1), ("h", 0)))
    assert numbers["z·h_prev"] == z * before
    assert numbers["1-z"] == 1 - z
    assert numbers["1-z·n"] == (1 - z) * n


def test_the_first_step_starts_from_the_views_state(cell_of):
    view = cell_of("LSTM").view
    numbers = step_values(view, 0, 1).numbers
    assert not step_values(view, 0, 1).backward
    assert (numbers["h_prev"], numbers["c_prev"]) == (float(view.start["h"][1]), float(view.start["c"][1]))


def test_direction_1_reads_from_the_last_column(cell_of):
    view = cell_of("LSTM", direction=1).view
    last = len(view.columns) - 1
    assert step_values(view, last, 2).backward
    assert step_values(view, last, 2).numbers["c_prev"] == float(view.start["c"][2])
    assert step_values(view, 0, 2).numbers["c_prev"] == float(view.quantities["c"][1, 2])
    assert np.array_equal(step_values(view, 0, 2).h_before, view.quantities["h"][1].astype(float))


@settings(deadline=None, max_examples=60)
@given(
    kind=KINDS, units=st.integers(1, 9), seed=st.integers(0, 999), direction=st.integers(0, 1), data=st.data()
)
def test_the_sums_on_the_wires_are_true(cell_of, kind, *, units, seed, direction, data):
    view = cell_of(kind, units=units, seed=seed, direction=direction).view
    column = data.draw(st.integers(0, len(view.columns) - 1))
    unit = data.draw(st.none() | st.integers(0, units - 1))
    n = step_values(view, column, unit).numbers
    if kind == "LSTM":
        assert n["f·c_prev"] + n["i·g"] == pytest.approx(n["c"], abs=2e-6)
    elif kind == "GRU":
        assert n["1-z·n"] + n["z·h_prev"] == pytest.approx(n["h"], abs=2e-6)
    if unit is None:
        for name, rows in view.quantities.items():
            assert n[name] == pytest.approx(rows[column].astype(float).mean(), abs=1e-12)


def test_a_mean_is_of_products_not_a_product_of_means(cell_of):
    numbers = step_values(cell_of("LSTM").view, 1, None).numbers
    assert numbers["f·c_prev"] != pytest.approx(numbers["f"] * numbers["c_prev"], abs=1e-4)


@pytest.mark.parametrize(("column", "unit"), [(-1, 0), (4, 0), (0, 5), (0, -1)])
def test_what_is_not_there_raises(cell_of, column, unit):
    with pytest.raises(IndexError):
        step_values(cell_of("LSTM").view, column, unit)


def test_nan_and_infinity_pass_through_in_silence(cell_of):
    view = cell_of("LSTM").view
    c = view.quantities["c"].copy()
    c[0, :2] = np.inf, -np.inf
    broken = msgspec.structs.replace(view, quantities={**view.quantities, "c": c})
    assert step_values(broken, 1, 0).numbers["c_prev"] == np.inf
    assert np.isnan(step_values(broken, 1, None).numbers["c_prev"])


def test_tanh_and_relu_are_told_apart(cell_of):
    view = cell_of("RNN_TANH").view
    assert step_values(view, 0, 0).kind["h"].activation == "tanh"
    relu = msgspec.structs.replace(view.module, cell="RNN_RELU")
    assert step_values(msgspec.structs.replace(view, module=relu), 0, 0).kind["h"].activation == "relu"


@settings(deadline=None, max_examples=30)
@given(kind=KINDS, seed=st.integers(0, 99))
def test_the_weights_parts_add_up_to_the_pre_activation(cell_of, kind, seed):
    cell = cell_of(kind, seed=seed)
    values = with_sums(step_values(cell.view, 2, 1), cell.explain(2, 1))
    for gate in cell.explain(2, 1).gates:
        n = values.numbers
        assert n[f"Wx_{gate.name}"] + n[f"rWh_{gate.name}"] == pytest.approx(n[f"pre_{gate.name}"], abs=1e-9)
        assert gate_sum(values, cell.explain(2, 1), gate.name).pre == n[f"pre_{gate.name}"]


@pytest.mark.parametrize(("column", "unit"), [(1, 1), (2, 0)])
def test_an_explanation_of_something_else_adds_nothing(cell_of, column, unit):
    cell = cell_of("LSTM")
    values = step_values(cell.view, 2, 1)
    assert with_sums(values, cell.explain(column, unit)).numbers == values.numbers
    assert with_sums(values, None) is values
    assert gate_sum(values, cell.explain(column, unit), "f") is None
    assert gate_sum(step_values(cell.view, 2, None), cell.explain(2, 1), "f") is None


def test_an_explanation_of_another_modules_size_is_of_something_else(cell_of):
    values = step_values(cell_of("LSTM").view, 2, 1)
    assert gate_sum(values, cell_of("LSTM", inputs=7).explain(2, 1), "f") is None


def test_a_projected_h_is_no_product_and_most_units_have_none(cell_of):
    view = cell_of("LSTM").view
    projected = {**view.quantities, "h": view.quantities["h"][:, :2]}
    view = msgspec.structs.replace(view, quantities=projected, start={**view.start, "h": view.start["h"][:2]})
    inside, outside = step_values(view, 2, 1), step_values(view, 2, 3)
    assert inside.numbers["h"] == view.quantities["h"][2, 1]
    assert "h" not in outside.numbers and outside.texts["h"] == "–" == outside.texts["h_prev"]
    assert outside.numbers["c"] == view.quantities["c"][2, 3]
    *_, symbols, numbers = plain_text(inside).splitlines()
    assert symbols == "hₜ = W_hr·(oₜ⊙tanh(cₜ))" and numbers == f"= {inside.texts['h']}"
