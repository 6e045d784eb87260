"""The table of cell kinds: a further kind is one entry and one function."""

import ast
import copy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.analysis.ablated_parts import AblatedPart, ablation_clamps, parts_to_ablate
from lstm_viz.analysis.attribution import gradients
from lstm_viz.analysis.decomposition import recurrence_of, sources_at
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import target_at
from lstm_viz.analysis.unrolled import unroll
from lstm_viz.app.panels.cell.diagrams import scene_of
from lstm_viz.app.panels.cell.formulas import equations_of
from lstm_viz.app.panels.cell.values import step_values
from lstm_viz.app.panels.comparison.layers import HeatmapsViewModel
from lstm_viz.app.panels.edits.edit_target import EditTarget
from lstm_viz.cells import KINDS, LSTM, QUANTITIES, CellKind, Quantity
from lstm_viz.engine.arithmetic import gate_sums
from lstm_viz.engine.decomposition import decompose
from lstm_viz.engine.edit_resolution import resolve
from lstm_viz.engine.state_arithmetic import state_arithmetic
from lstm_viz.engine.views import describe
from lstm_viz.messages import DecompositionQuery, SetValue, StateQuery, View
from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.subject import Recurrent
from lstm_viz.tracing.equations import EQUATIONS

WORDS = ("The", "dog", "ate")
#: An LSTM whose input gate is 1 − f (Greff et al., "LSTM: A Search Space Odyssey", 2017).
COUPLED = CellKind(
    mode="COUPLED",
    name="coupled LSTM",
    quantities=(
        LSTM["f"],
        LSTM["g"],
        Quantity("c", "cell state", (-1.0, 1.0), products=(("f", "c_prev"), ("1-f", "g")), limit=2.0),
        LSTM["o"],
        LSTM["h"],
    ),
    states=("h", "c"),
    order=("f", "g", "c", "o", "h"),
)


def coupled(x, state, w, intervene):
    """Return all quantities of a step."""
    sums = x @ w.weight_ih.T + w.bias_ih + state["h"] @ w.weight_hh.T + w.bias_hh
    f, g, o = sums.chunk(3, dim=-1)
    f, g, o = intervene("f", f.sigmoid()), intervene("g", g.tanh()), intervene("o", o.sigmoid())
    c = intervene("c", f * state["c"] + (1 - f) * g)
    return {"f": f, "g": g, "c": c, "o": o, "h": intervene("h", o * c.tanh())}


@pytest.fixture
def net(monkeypatch):
    """Return a module of the kind; its weights are those of a GRU, which also has three gates."""
    monkeypatch.setitem(KINDS, "COUPLED", COUPLED)
    monkeypatch.setitem(EQUATIONS, "COUPLED", coupled)
    torch.manual_seed(0)
    net = nn.GRU(3, 4)
    net.mode = "COUPLED"
    return net


@pytest.fixture
def view(net):
    with torch.no_grad():
        found = unroll(net, torch.randn(3, 1, 3, generator=torch.Generator().manual_seed(1)))
    quantities = {name: found.stacked(name)[0, 0, :, 0].numpy() for name in COUPLED.order}
    x = torch.randn(3, 3, generator=torch.Generator().manual_seed(1)).numpy()
    zero = np.zeros(4, np.float32)
    module = describe(Recurrent("rnn", net, "words", ()))
    return View(module, 0, 0, WORDS, quantities, x, (("word", 3),), {"h": zero, "c": zero}, 0.0)


def test_the_arithmetic_of_a_further_kind(net, view):
    for column in range(3):
        gates = {gate.name: gate.value for gate in gate_sums(net, view, column, 1)}
        assert gates == pytest.approx({name: view.quantities[name][column, 1] for name in "fgo"}, abs=1e-6)
        for state in "ch":
            found = state_arithmetic(StateQuery(1, column, 1, state), net, view, {})
            assert found.value == pytest.approx(view.quantities[state][column, 1], abs=1e-6)
    assert state_arithmetic(StateQuery(1, 0, 1, "f"), net, view, {}) is None


#: The same with the gate i = 1 − f in place of f: what keeps the state is what a gate leaves.
COMPLEMENT = CellKind(
    mode="COMPLEMENT",
    name="coupled LSTM",
    quantities=(
        LSTM["i"],
        LSTM["g"],
        Quantity("c", "cell state", (-1.0, 1.0), products=(("1-i", "c_prev"), ("i", "g")), limit=2.0),
        LSTM["o"],
        LSTM["h"],
    ),
    states=("h", "c"),
    order=("i", "g", "c", "o", "h"),
)


def complement(x, state, w, intervene):
    """Return all quantities of a step, without interventions."""
    found = coupled(x, state, w, lambda _, computed: computed)
    return {"i": 1 - found["f"], **{name: found[name] for name in "gcoh"}}


def test_what_keeps_the_state_may_be_what_a_gate_leaves(net, monkeypatch):
    monkeypatch.setitem(KINDS, "COMPLEMENT", COMPLEMENT)
    monkeypatch.setitem(EQUATIONS, "COMPLEMENT", complement)
    other = copy.deepcopy(net)
    other.mode = "COMPLEMENT"
    x, readout = torch.randn(5, 1, 3), Readout("classes", ("a", "b"), nn.Linear(4, 2))
    theirs, ours = (
        gradients(TagScore(one, readout, x, 4, target_at("logit", 1, torch.zeros(2)))) for one in (net, other)
    )
    np.testing.assert_allclose(ours.direct, theirs.direct, rtol=1e-5)
    assert ours.direct.all() and ours.direct[0] < ours.direct[4]
    carried = COMPLEMENT.gated_state
    assert (carried.state, carried.keep, carried.gate, carried.factor) == ("c", "1-i", "i", "(1 − i)")


def test_the_decomposition_of_a_further_kind(view):
    recurrence = recurrence_of(COUPLED, view.quantities, view.start)
    np.testing.assert_allclose(sources_at(recurrence, 2).sum(0), view.quantities["c"][2], atol=1e-6)
    assert (COUPLED.gated_state.state, COUPLED.gated_state.keep) == ("c", "f")


def test_interventions_and_ablations_on_a_further_kind(net):
    assert [part.quantity for part in parts_to_ablate("COUPLED", 1)] == ["h", *"fgo", *"fgo"]
    x = torch.randn(3, 1, 3)
    clamps = ablation_clamps([AblatedPart("f"), AblatedPart("o", 2)], net, x.dtype)
    with torch.no_grad():
        found = unroll(net, x, interventions={(0, 0): clamps}, copies=2)
    assert (found.stacked("c")[..., 0, :] == 0).all()  # f = 1 keeps the initial state
    assert (found.stacked("h")[..., 1, 2] == 0).all()
    assert COUPLED.equivalent == {"o": "h"}


def test_edits_of_a_further_kind(view):
    edits = (SetValue("f", 0.5), SetValue("c", -0.5), SetValue("c", -1.5), SetValue("i", 0.5))
    resolved = resolve(edits, {"": view.module}, WORDS, lambda _: ())
    assert [one.unresolved for one in resolved] == ["", "", "value", "quantity"]
    target = EditTarget(view, WORDS, "f", 1, 2)
    assert target.names == ("f", "g", "c", "o", "h") and target.off().value == 1.0


def test_the_window_shows_a_further_kind(view):
    assert HeatmapsViewModel(view).names() == COUPLED.order
    numbers = step_values(view, 1, 0).numbers
    assert numbers["f·c_prev"] + numbers["1-f·g"] == pytest.approx(numbers["c"], abs=1e-6)
    assert [equation.symbols for equation in equations_of(COUPLED)][-2:] == [
        "cₜ = fₜ⊙cₜ₋₁ + (1 − fₜ)⊙gₜ",
        "hₜ = oₜ⊙tanh(cₜ)",
    ]
    assert set(scene_of(COUPLED).nodes) == {"f", "g", "o"}


def test_a_decomposition_query_on_a_further_kind(view):
    subject = SimpleNamespace(recurrents=(SimpleNamespace(path="rnn"),))  # below the top no readout is needed
    below = View(**{name: getattr(view, name) for name in view.__struct_fields__} | {"layer": 1})
    found = decompose(DecompositionQuery(1, 2, 1), subject, below, torch.zeros(3, 4))
    assert found.error < 1e-6 and found.scores is None


def test_every_quantity_has_one_scale_and_a_name():
    for kind in KINDS.values():
        for quantity in kind.quantities:
            shown = QUANTITIES[quantity.symbol]
            assert (quantity.name, quantity.limit) == (shown.name, shown.limit)
            assert bool(quantity.activation) != bool(quantity.products)
        assert sorted(kind.order) == sorted(kind.symbols)
        assert set(EQUATIONS) == set(KINDS)


# ---------------------------------------------------------------- no second list


SOURCES = sorted(Path(lstm_viz.__file__).parent.rglob("*.py"))
#: The table, the kernels of torch by their mode, and the classes of ``torch.nn`` by their name.
TABLES = ("cells.py", "tracing/kernels.py", "tracing/skipped.py", "tracing/reading.py")
NAMES = {kind.mode for kind in KINDS.values()} | {kind.name for kind in KINDS.values()}


def _lists_of_gates(tree):
    for node in ast.walk(tree):
        parts = list(node.elts) if isinstance(node, ast.Tuple | ast.List | ast.Set) else []
        texts = [part.value for part in parts if isinstance(part, ast.Constant)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts = list(node.value)
        for kind in KINDS.values():
            if len(texts) == len(set(texts)) > 2 and set(texts) <= set(kind.symbols):
                yield node.lineno


def _comparisons_with_a_kind(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            values = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
            if {value.upper() for value in values if isinstance(value, str)} & NAMES:
                yield node.lineno


@pytest.mark.parametrize("find", [_lists_of_gates, _comparisons_with_a_kind])
def test_nothing_else_lists_gates_or_asks_for_a_kind_by_name(find):
    root = SOURCES[0].parent
    found = [
        f"{path.relative_to(root)}:{line}"
        for path in SOURCES
        if not str(path).endswith(TABLES) and "bench" not in path.parts
        for line in find(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []
