import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.app.panels.cell.products import products
from lstm_viz.app.panels.cell.values import step_values


def _lines(cell, column, unit, name, largest=6):
    gate = next(g for g in cell.explain(column, unit).gates if g.name == name)
    values = step_values(cell.view, column, unit)
    return gate, products(gate, values, largest)


@settings(deadline=None, max_examples=40)
@given(
    kind_name=st.sampled_from([("LSTM", "f"), ("GRU", "n"), ("GRU", "z"), ("RNN_TANH", "h")]),
    units=st.integers(1, 30),
    inputs=st.integers(1, 30),
    seed=st.integers(0, 99),
)
def test_the_lines_add_up_to_the_pre_activation(cell_of, kind_name, units, inputs, seed):
    kind, name = kind_name
    gate, found = _lines(cell_of(kind, units=units, inputs=inputs, seed=seed), 1, 0, name)
    assert math.fsum(line.term for line in found.lines) == pytest.approx(gate.pre, abs=1e-10)
    assert abs(found.error) < 1e-10
    counted = sum(line.count for line in found.lines if line.kind != "bias")
    assert counted == units + inputs


def test_the_largest_come_first_and_are_weight_times_value(cell_of):
    gate, found = _lines(cell_of("LSTM", inputs=20), 2, 1, "g")
    single = [line for line in found.lines if line.kind == "product" and line.source == "x"]
    assert len(single) == 6
    sizes = [abs(line.term) for line in single]
    assert sizes == sorted(sizes, reverse=True)
    assert set(sizes) == set(np.sort(np.abs(gate.input_products))[-6:])
    for line in found.lines:
        if line.kind == "product":
            assert line.term == pytest.approx(line.weight * line.value, abs=1e-6)


def test_no_rest_where_everything_is_shown(cell_of):
    _, found = _lines(cell_of("LSTM", units=6, inputs=6), 0, 0, "f")
    assert [line.kind for line in found.lines].count("rest") == 0


def test_a_grus_new_state_counts_the_reset_gate_in(cell_of):
    gate, found = _lines(cell_of("GRU"), 2, 1, "n")
    hidden = [line for line in found.lines if line.source == "h" and line.kind == "product"]
    assert hidden[0].term == pytest.approx(gate.hidden_factor * hidden[0].weight * hidden[0].value, abs=1e-6)
