import numpy as np
import pytest

from lstm_viz.engine.reader import Reader
from lstm_viz.messages import GateQuery, ReadQuery
from lstm_viz.tagging.presets import names
from lstm_viz.uris import of_preset


@pytest.mark.parametrize("model", [*map(of_preset, names())])
@pytest.mark.parametrize("direction", [0, 1])
def test_every_gate_is_the_function_of_its_sum(model, direction):
    """The arithmetic is computed from the weights, the trace from torch: they must meet."""
    reader = Reader()
    reading = reader.read(ReadQuery(model, "The dog ate the apple", direction=direction, before=("",)), 1)
    view = reading.view
    for column in range(5):
        for unit in (0, view.module.hidden_size - 1):
            for gate in reader.gate_arithmetic(GateQuery(1, column, unit)).gates:
                assert gate.value == pytest.approx(float(view.quantities[gate.name][column, unit]), abs=2e-6)
                total = gate.input_products.sum() + gate.input_bias
                total += gate.hidden_factor * (gate.hidden_products.sum() + gate.hidden_bias)
                assert gate.pre == pytest.approx(float(total), abs=1e-12)


def test_products_are_weight_times_value():
    reader = Reader()
    view = reader.read(ReadQuery("preset:tutorial", "The dog ate"), 1).view
    gate = reader.gate_arithmetic(GateQuery(1, 2, 4)).gates[1]
    np.testing.assert_allclose(gate.input_products, gate.input_weights * view.x[2])
    np.testing.assert_allclose(gate.hidden_products, gate.hidden_weights * view.quantities["h"][1])


def test_the_character_nets_gates_too():
    reader = Reader()
    view = reader.read(ReadQuery("preset:english", "zebras", module="char_recurrent"), 1).view
    for gate in reader.gate_arithmetic(GateQuery(1, 3, 7)).gates:
        assert gate.value == pytest.approx(float(view.quantities[gate.name][3, 7]), abs=2e-6)
