"""Every net with something off, against a loop by hand that does not know how ours steps."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from lstm_viz.analysis import ablation
from lstm_viz.analysis.ablated_parts import AblatedPart, parts_to_ablate
from lstm_viz.analysis.ablation import ablations as ablations_of
from lstm_viz.analysis.ablation import most_copies
from lstm_viz.analysis.target import Target
from lstm_viz.analysis.unrolled import Clamp
from lstm_viz.crf import NO_TAG, LinearChain
from lstm_viz.subjects.tagger import readout_of
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

WORDS = ("the", "dog", "ate", "that", "apple")
UNITS, STEP = 3, 2
OFF = {"i": 0.0, "f": 1.0, "g": 0.0, "o": 0.0, "r": 1.0, "z": 0.0, "n": 0.0, "h": 0.0}


def tagger(cell="LSTM", units=UNITS, layers=1, both=False, decoder="argmax"):
    torch.manual_seed(len(cell) + units + layers + both)
    sizes = Sizes(4, units, cell, layers, both, decoder=decoder)
    made = WordTagger(Vocabulary(WORDS), 4, sizes).eval()
    with torch.no_grad():
        for weight in made.parameters():
            weight.mul_(2)  # so that a unit more or less is seen
    return made


def start(net):
    torch.manual_seed(7)
    rows = net.num_layers * (1 + net.bidirectional)
    h, c = torch.randn(2, rows, 1, net.hidden_size)
    return (h, c) if net.mode == "LSTM" else h


def ablations(made, x, *args, **kwargs):
    """Yield the ablations of a tagger."""
    return ablations_of(made.recurrent, readout_of(made), x, *args, **kwargs)


def found(made, state=None, step=STEP, layer=0, direction=0, words=WORDS, **kwargs):
    """Return what is found, None left out: the whole net, and the scores and tags of all others."""
    x = made.inputs(words)
    steps = ablations(made, x, state, step=step, layer=layer, direction=direction, **kwargs)
    whole, *rest = [scored for scored in steps if scored is not None]
    return whole, torch.cat([s.scores for s in rest]), torch.cat([s.tags for s in rest])


# ---------------------------------------------------------------- the loop by hand


def by_hand(made, words, state, place, off, clamped=()):
    """Return the scores (T, K) of one net, stepped with plain products; ``clamped``: (name, t, unit,
    value)."""
    return logits_by_hand(made, words, state, place, off, clamped).log_softmax(-1)


def logits_by_hand(made, words, state, place, off, clamped=()):
    net = made.recurrent
    x = made.inputs(words)[:, 0].detach()
    for layer in range(net.num_layers):
        outputs = []
        for direction in range(1 + net.bidirectional):
            here = (layer, direction) == place
            outputs.append(
                _run(net, layer, direction, x, state, off if here else None, clamped if here else ())
            )
        x = torch.cat(outputs, -1)
    return (x @ made.hidden_to_tag.weight.T + made.hidden_to_tag.bias).detach()


def _run(net, layer, direction, x, state, off, clamped):
    end = "_reverse" if direction else ""
    w_ih, w_hh, b_ih, b_hh = (
        getattr(net, f"{name}_l{layer}{end}").detach()
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    row = layer * (1 + net.bidirectional) + direction
    zero = x.new_zeros(net.hidden_size)
    parts = (state if isinstance(state, tuple) else (state,)) if state is not None else ()
    h, c = ([part[row, 0] for part in parts] + [zero, zero])[:2]
    out = [zero] * len(x)
    for t in reversed(range(len(x))) if direction else range(len(x)):

        def put(name, value, t=t):
            value = value.clone()
            for what, when, unit, number in clamped:
                if what == name and when == t:
                    value[unit] = number
            if off is not None and off.quantity == name:
                value[slice(None) if off.unit is None else off.unit] = OFF[name]
            return value

        a, b = w_ih @ x[t] + b_ih, w_hh @ h + b_hh
        if net.mode == "LSTM":
            i, f, g, o = (a + b).chunk(4)
            c = put("c", put("f", f.sigmoid()) * c + put("i", i.sigmoid()) * put("g", g.tanh()))
            h = put("h", put("o", o.sigmoid()) * c.tanh())
        elif net.mode == "GRU":
            (a_r, a_z, a_n), (b_r, b_z, b_n) = a.chunk(3), b.chunk(3)
            z, n = (
                put("z", (a_z + b_z).sigmoid()),
                put("n", (a_n + put("r", (a_r + b_r).sigmoid()) * b_n).tanh()),
            )
            h = put("h", (1 - z) * n + z * h)
        else:
            h = put("h", (a + b).tanh())
        out[t] = h
    return torch.stack(out)


NETS = [
    ("LSTM", 1, False),
    ("LSTM", 2, True),
    ("GRU", 1, True),
    ("GRU", 2, False),
    ("RNN", 1, False),
    ("RNN", 2, True),
]


@pytest.mark.parametrize(("cell", "layers", "both"), NETS)
@pytest.mark.parametrize("carried", [False, True])
def test_every_net_has_the_scores_of_a_loop_by_hand(cell, layers, both, carried):
    made = tagger(cell, layers=layers, both=both)
    state = start(made.recurrent) if carried else None
    offs = parts_to_ablate(made.recurrent.mode, UNITS)
    for layer in range(layers):
        for direction in range(1 + both):
            whole, scores, tags = found(made, state, layer=layer, direction=direction)
            wanted = by_hand(made, WORDS, state, (layer, direction), None)[STEP]
            assert torch.allclose(whole.scores[0], wanted, atol=1e-5)
            assert len(scores) == len(offs)
            for k, off in enumerate(offs):
                wanted = by_hand(made, WORDS, state, (layer, direction), off)[STEP]
                assert torch.allclose(scores[k], wanted, atol=1e-5), off
                assert tags[k] == wanted.argmax()
            assert not torch.allclose(scores, whole.scores, atol=1e-3)


def test_a_unit_without_which_torchs_own_cell_goes_on():
    made = tagger()
    net, x = made.recurrent, made.inputs(WORDS)
    _, scores, _ = found(made)
    for unit in range(UNITS):
        h = c = torch.zeros(1, UNITS)
        for t in range(STEP + 1):
            h, c = torch.lstm_cell(
                x[t], (h, c), net.weight_ih_l0, net.weight_hh_l0, net.bias_ih_l0, net.bias_hh_l0
            )
            h = h * (torch.arange(UNITS) != unit)
        assert torch.allclose(scores[unit], made.scores(h[None])[0, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("cell", "quantity"), [("LSTM", "c"), ("LSTM", "h"), ("LSTM", "i"), ("GRU", "z"), ("RNN", "h")]
)
def test_what_is_set_by_hand_holds_in_every_net(cell, quantity):
    made, t, unit, value = tagger(cell), 1, 0, 0.875
    where = torch.zeros(len(WORDS), 1, UNITS, dtype=torch.bool)
    where[t, 0, unit] = True
    interventions = {(0, 0): {quantity: Clamp(where, torch.full((1, 1, 1), value))}}
    clamped = [(quantity, t, unit, value)]
    whole, scores, _ = found(made, interventions=interventions)
    assert torch.allclose(whole.scores[0], by_hand(made, WORDS, None, (0, 0), None, clamped)[STEP], atol=1e-5)
    assert not torch.allclose(whole.scores[0], by_hand(made, WORDS, None, (0, 0), None)[STEP], atol=1e-4)
    for k, off in enumerate(parts_to_ablate(made.recurrent.mode, UNITS)):
        wanted = by_hand(made, WORDS, None, (0, 0), off, clamped)[STEP]
        assert torch.allclose(scores[k], wanted, atol=1e-5), off


def test_hands_on_another_layer_hold_too():
    made = tagger(layers=2)
    interventions = {(0, 0): {"h": Clamp(torch.ones(1, 1, 1, dtype=torch.bool), torch.full((1, 1, 1), 0.5))}}
    whole, scores, _ = found(made, layer=1, interventions=interventions)
    other, others, _ = found(made, layer=1)
    assert not torch.allclose(whole.scores, other.scores, atol=1e-4)
    assert not torch.allclose(scores, others, atol=1e-4)
    interventions = {(1, 0): interventions[0, 0]}
    assert torch.allclose(
        found(made, layer=0, interventions=interventions)[1],
        found(made, interventions=interventions)[0].scores,
    )


# ---------------------------------------------------------------- what is computed, and in which order


def test_units_come_first_then_gates_then_gates_of_units():
    assert parts_to_ablate("GRU", 2) == [
        AblatedPart("h", 0), AblatedPart("h", 1), AblatedPart("r"), AblatedPart("z"), AblatedPart("n"),
        AblatedPart("r", 0), AblatedPart("r", 1), AblatedPart("z", 0), AblatedPart("z", 1),
        AblatedPart("n", 0), AblatedPart("n", 1),
    ]  # fmt: skip
    assert parts_to_ablate("RNN_RELU", 2) == [AblatedPart("h", 0), AblatedPart("h", 1)]


def test_batches_of_any_size_find_the_same(monkeypatch):
    made = tagger(both=True)
    whole, scores, tags = found(made)
    monkeypatch.setattr(ablation, "_MOST_COPIES", 4)
    x = made.inputs(WORDS)
    some = [s for s in ablations(made, x, step=STEP, layer=0, direction=0) if s is not None]
    assert [s.first for s in some] == [-1, 0, 4, 8, 12, 16]
    assert torch.allclose(torch.cat([s.scores for s in some[1:]]), scores, atol=1e-6)
    assert torch.equal(torch.cat([s.tags for s in some[1:]]), tags)
    assert torch.equal(some[0].scores, whole.scores)


def test_a_net_that_reads_forward_never_looks_past_the_step():
    made = tagger("GRU", layers=2)
    x = made.inputs(WORDS).detach()
    x[STEP + 1 :] = torch.nan
    moments = list(ablations(made, x, step=STEP, layer=1, direction=0))
    assert moments.count(None) == 3 * (STEP + 1)  # the layer below, the whole net, one batch
    assert all(s is None or bool(s.scores.isfinite().all()) for s in moments)


def test_the_top_layer_stops_at_the_step_in_both_directions():
    made = tagger(both=True)
    x = made.inputs(WORDS)
    for direction, steps in ((0, STEP + 1), (1, len(WORDS) - STEP)):
        moments = list(ablations(made, x, step=STEP, layer=0, direction=direction))
        assert moments.count(None) == 2 * steps + (len(WORDS) + 1 - steps)


def test_a_batch_is_small_and_its_steps_short():
    class Net:
        bidirectional, hidden_size = False, 4096

        def parameters(self):
            return [torch.empty(4 * 4096, 4096, device="meta")] * 2

    assert 1 <= most_copies(Net(), 1000, 1000) <= 8
    assert 1 <= most_copies(Net(), 1000, 1) <= 8
    small = tagger(units=256).recurrent
    assert most_copies(small, 50, 1) == 128
    assert most_copies(small, 1000, 1000) == 16
    sizes = [most_copies(small, steps, 1) for steps in (50, 200, 1000)]
    assert all(a >= b for a, b in pairwise(sizes))


def test_nets_that_must_be_equal_are_read_once(monkeypatch):
    made = tagger(units=8)
    monkeypatch.setattr(ablation, "_MOST_COPIES", 4)
    moments = list(ablations(made, made.inputs(WORDS), step=0, layer=0, direction=0))
    offs = parts_to_ablate("LSTM", 8)
    read = moments.count(None) - 1  # batches, of one step each
    assert read < len(offs) / 4 * 0.7
    scores = dict(zip(offs, torch.cat([s.scores for s in moments[1:] if s is not None][1:]), strict=True))
    for unit in range(8):
        assert torch.equal(scores[AblatedPart("o", unit)], scores[AblatedPart("h", unit)])
        assert torch.equal(scores[AblatedPart("g", unit)], scores[AblatedPart("i", unit)])


# ---------------------------------------------------------------- tags


def test_with_a_chain_the_tag_is_the_one_on_the_best_path():
    made = tagger(decoder="crf")
    with torch.no_grad():
        made.chain.transitions.normal_(std=4)
    whole, scores, tags = found(made)
    by_word = 0
    for k, off in enumerate((None, *parts_to_ablate("LSTM", UNITS))):
        every = by_hand(made, WORDS, None, (0, 0), off)
        path = made.chain.decode(every[:, None], torch.tensor([len(WORDS)]))[:, 0]
        row = whole.scores[0] if off is None else scores[k - 1]
        assert torch.allclose(row, every[STEP], atol=1e-5)
        assert (whole.tags[0] if off is None else tags[k - 1]) == path[STEP]
        by_word += int(path[STEP] != every[STEP].argmax())
    assert by_word > 0


@pytest.mark.parametrize("weight", ["hidden_to_tag.bias", "chain.transitions"])
def test_what_is_not_a_number_gives_no_tag(weight):
    made = tagger(decoder="crf" if weight.startswith("chain") else "argmax")
    with torch.no_grad():
        made.get_parameter(weight)[0] = torch.nan
    whole, scores, tags = found(made)
    assert whole.tags.tolist() == [NO_TAG]
    assert bool((tags == NO_TAG).all())
    assert bool(scores.isnan().any()) is not weight.startswith("chain")


def test_a_broken_gate_does_no_harm_while_it_is_off():
    made = tagger()
    with torch.no_grad():
        made.recurrent.weight_hh_l0[0] = torch.nan  # i of unit 0
    whole, scores, tags = found(made)
    assert whole.tags.tolist() == [NO_TAG]
    healed = [k for k, off in enumerate(parts_to_ablate("LSTM", UNITS)) if tags[k] >= 0]
    assert [parts_to_ablate("LSTM", UNITS)[k] for k in healed] == [
        AblatedPart("h", 0),
        AblatedPart("i"),
        AblatedPart("i", 0),
    ]
    assert scores.isfinite().all(-1).nonzero()[:, 0].tolist() == healed


def test_a_forbidden_tag_is_no_fault_of_the_chain():
    made = tagger(decoder="crf")
    with torch.no_grad():
        made.chain.start[0] = -torch.inf
    assert found(made)[0].tags.tolist() != [NO_TAG]


# ---------------------------------------------------------------- the edges


def test_one_word_and_float64():
    made = tagger().double()
    whole, scores, _ = found(made, words=("dog",), step=0)
    assert scores.dtype == torch.float64
    wanted = made.scores(made.recurrent(made.inputs(("dog",)))[0])[0, 0]
    assert torch.allclose(whole.scores[0], wanted, atol=1e-12)
    assert torch.allclose(scores[UNITS + 3], made.hidden_to_tag.bias.log_softmax(-1), atol=1e-12)  # o = 0


def test_the_weights_gain_no_gradients():
    made = tagger()
    whole, scores, _ = found(made)
    assert not whole.scores.requires_grad and not scores.requires_grad
    assert all(weight.grad is None for weight in made.parameters())


@pytest.mark.parametrize("place", [{"layer": 1}, {"direction": 1}, {"step": 5}, {"step": -1}])
def test_there_is_no_such_place(place):
    with pytest.raises(ValueError, match="there is no word"):
        found(tagger(), **place)


def test_a_net_that_projects_is_refused():
    made = tagger()
    made.recurrent = torch.nn.LSTM(4, 5, proj_size=3)
    with pytest.raises(ValueError, match="projects"):
        found(made)


def test_a_chain_of_zeros_changes_nothing():
    made = tagger()
    _, scores, tags = found(made)
    made.chain = LinearChain(4)
    _, chained, same = found(made)
    assert np.allclose(scores, chained, atol=1e-6)
    assert torch.equal(tags, same)


# ---------------------------------------------------------------- which number of the tag


@pytest.mark.parametrize("target", [Target("margin", 1, 3), Target("logit", 2), Target("log_softmax", 0)])
@pytest.mark.parametrize("decoder", ["argmax", "crf"])
def test_every_target_is_that_of_a_loop_in_float64(target, decoder):
    made = tagger("LSTM", layers=2, both=True, decoder=decoder).double()
    x = made.inputs(WORDS)
    found = [s for s in ablations(made, x, step=STEP, layer=1, direction=1) if s is not None]
    values = torch.cat([target.of(scored.logits) for scored in found])
    for value, off in zip(values, (None, *parts_to_ablate("LSTM", UNITS)), strict=True):
        logits = logits_by_hand(made, WORDS, None, (1, 1), off)[STEP]
        less = {"margin": logits[target.margin_to or 0], "logit": 0, "log_softmax": logits.logsumexp(-1)}
        wanted = float(logits[target.tag] - less[target.name])
        assert float(value) == pytest.approx(wanted, abs=1e-12), off


def test_what_the_logits_of_the_whole_net_are_made_of_is_told():
    made = tagger("GRU")
    whole, *rest = [s for s in ablations(made, made.inputs(WORDS), step=STEP, layer=0, direction=0) if s]
    expected = made.recurrent(made.inputs(WORDS))[0][STEP]
    assert torch.allclose(whole.output, expected, atol=1e-6)
    assert torch.allclose(made.hidden_to_tag(whole.output), whole.logits, atol=1e-6)
    assert [scored.output for scored in rest] == [None] * len(rest)
