import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import log_softmax

from lstm_viz.analysis.unrolled import unroll
from lstm_viz.cells import by_class
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import DecompositionQuery, GateQuery, ReadQuery, ResolvedEdit, SwapState
from tests.clamped_by_hand import read_by_hand
from tests.engine.messages import delivered, received
from tests.engine.untrained import NETS, TEXT, WORDS, Untrained, set_


@pytest.fixture(scope="module")
def reader():
    return Untrained()


@pytest.fixture(scope="module")
def shipped():
    return Reader()


def by_hand(reader, query, clamped):
    """Return every quantity as a loop by hand computes it, and the scores that follow."""
    sentence = reader.sentence(query)
    tagger = sentence.subject.tagger
    with torch.no_grad():
        x = tagger.inputs(sentence.words)[:, 0].numpy()
    state = sentence.state if isinstance(sentence.state, tuple) else (sentence.state, None)
    h0, c0 = (None if part is None else part[:, 0].numpy() for part in state)
    found = read_by_hand(tagger.recurrent, x, clamped, h0, c0)
    output = torch.from_numpy(np.concatenate(tuple(found["h"][-1]), -1))
    linear = tagger.hidden_to_tag
    logits = output @ linear.weight.detach().double().T + linear.bias.detach().double()
    return found, log_softmax(logits, -1).numpy()


def check(reader, query, clamped, atol=1e-5):
    """Read with the edits of the question, and compare every layer and direction with the loop by hand."""
    reading = reader.read(query, 1)
    expected, scores = by_hand(reader, query, clamped)
    np.testing.assert_allclose(reading.scores, scores, rtol=0, atol=atol)
    assert reading.view.max_error <= 1e-5
    module = reading.view.module
    for layer, direction in itertools.product(range(module.num_layers), range(module.num_directions)):
        shown = ReadQuery(**{**_fields(query), "layer": layer, "direction": direction})
        view = reader.read(shown, 1).view
        for name, values in view.quantities.items():
            np.testing.assert_allclose(
                values, expected[name][layer, direction], rtol=0, atol=atol, err_msg=name
            )
    return reading


def _fields(query):
    return {name: getattr(query, name) for name in query.__struct_fields__}


# ---------------------------------------------------------------- against the loop by hand


@pytest.mark.parametrize("model", NETS)
def test_a_number_that_is_set(reader, model):
    plain = reader.read(ReadQuery(model, TEXT), 1)
    module = plain.view.module
    top = {"layer": module.num_layers - 1, "direction": module.num_directions - 1}
    for quantity in module.kind.symbols:
        edits = (set_(quantity, 0.75, 1, 2, 2, **top),)
        clamped = {(top["layer"], top["direction"], quantity, 2, 1): 0.75}
        reading = check(reader, ReadQuery(model, TEXT, edits=edits), clamped)
        assert reading.resolved_edits == (ResolvedEdit(2, 2),)
        np.testing.assert_array_equal(reading.unedited.scores, plain.scores)
        assert reading.unedited.words == plain.words
        assert not np.allclose(reading.scores, plain.scores, atol=1e-5)


@pytest.mark.parametrize("model", NETS)
def test_a_clamp_from_a_word_on_and_a_gate_that_is_off_everywhere(reader, model):
    gate = by_class(model.split()[0]).symbols[0]
    edits = (set_("h", 0.5, 3, 2), set_(gate, 0.25, last=1))
    clamped = {(0, 0, "h", step, 3): 0.5 for step in (2, 3, 4)}
    clamped |= {(0, 0, gate, step, None): 0.25 for step in (0, 1)}
    reading = check(reader, ReadQuery(model, TEXT, edits=edits), clamped)
    assert reading.resolved_edits == (ResolvedEdit(2, 4), ResolvedEdit(0, 1))
    everywhere = (set_(gate, 0.25),)
    clamped = {(0, 0, gate, step, None): 0.25 for step in range(5)}
    assert check(reader, ReadQuery(model, TEXT, edits=everywhere), clamped).resolved_edits == (
        ResolvedEdit(0, 4),
    )


def test_a_later_edit_wins_where_both_hold(reader):
    edits = (set_("c", 2.0, last=3), set_("c", -1.0, 2, 1, 2), set_("f", 1.0, 0, 4, 4))
    clamped = {(0, 0, "c", step, None): 2.0 for step in range(4)}
    clamped |= {(0, 0, "c", step, 2): -1.0 for step in (1, 2)} | {(0, 0, "f", 4, 0): 1.0}
    check(reader, ReadQuery("LSTM", TEXT, edits=edits), clamped)


@pytest.mark.parametrize("model", NETS)
@pytest.mark.parametrize("before", [None, ("it ate the cat",)])
def test_the_state_of_another_sentence_is_swapped_in(reader, model, before):
    other, _ = by_hand(reader, ReadQuery(model, "that cat ate it", before=before), {})
    clamped = {
        (layer, direction, name, 2, unit): other[name][layer, direction, 1, unit]
        for name in ("h", "c")
        if name in other
        for layer, direction, unit in itertools.product(*map(range, (*other["h"].shape[:2], 4)))
    }
    edits = (SwapState(2, "that cat ate it", 1, WORDS),)
    reading = check(reader, ReadQuery(model, TEXT, before=before, edits=edits), clamped)
    assert reading.resolved_edits == (ResolvedEdit(2, 2, others=("that", "cat", "ate", "it"), other=1),)
    np.testing.assert_allclose(reading.view.quantities["h"][2], other["h"][0, 0, 1], atol=1e-6)


def test_reading_on_from_another_sentence_is_what_a_swap_does(reader):
    """After the swap, the rest is the rest of the sentence that it came from."""
    edits = (SwapState(2, "it ate the cat", 3, WORDS),)
    swapped = reader.read(ReadQuery("LSTM 2 crf", TEXT, edits=edits), 1)
    whole = reader.read(ReadQuery("LSTM 2 crf", "it ate the cat that apple"), 2)
    np.testing.assert_allclose(swapped.scores[3:], whole.scores[4:], atol=1e-5)


@pytest.mark.parametrize(
    ("model", "quantity"),
    [
        ("preset:tutorial", "f"),
        ("preset:tutorial-gru", "z"),
        ("preset:tutorial-rnn", "h"),
        ("preset:english", "o"),
        ("preset:english-both", "c"),
    ],
)
def test_the_shipped_models(shipped, model, quantity):
    query = ReadQuery(model, TEXT, before=("",), edits=(set_(quantity, 0.5, first=1, last=3),))
    check(shipped, query, {(0, 0, quantity, step, None): 0.5 for step in (1, 2, 3)}, atol=2e-5)


# ---------------------------------------------------------------- what follows


def test_what_is_before_an_edit_stays_and_what_is_after_is_computed_anew(shipped):
    reading = shipped.read(ReadQuery("preset:tutorial", TEXT, edits=(set_("g", -1.0, 2, 2, 2),)), 1)
    before, after = reading.unedited.view.quantities, reading.view.quantities
    for name, values in after.items():
        np.testing.assert_array_equal(values[:2], before[name][:2])
        assert np.abs(values[3:] - before[name][3:]).max() > 1e-4
    for name in "ifo":
        np.testing.assert_allclose(after[name][2], before[name][2], atol=2e-7)
    assert after["g"][2, 2] == -1 and after["c"][2, 2] != before["c"][2, 2]


def test_the_tags_are_those_of_the_edited_scores(shipped):
    reading = shipped.read(ReadQuery("preset:tutorial", TEXT, edits=(set_("o", 0.0),)), 1)
    assert len({tuple(row) for row in reading.scores.round(5).tolist()}) == 1  # h is 0 at every word
    assert len({word.tag for word in reading.words}) == 1
    assert {word.tag for word in reading.unedited.words} == {"DET", "NN", "V"}


def test_a_chain_decodes_the_edited_scores(reader):
    reading = reader.read(ReadQuery("LSTM 2 crf", TEXT, edits=(set_("h", 1.0, layer=1),)), 1)
    chain = reader.sentence(ReadQuery("LSTM 2 crf", TEXT)).subject.tagger.chain
    path = chain.decode(torch.from_numpy(reading.scores)[:, None], torch.tensor([5]))[:, 0]
    assert reading.trellis.path == tuple(path.tolist())
    assert [word.tag for word in reading.words] == ["ABC"[k] for k in path]
    assert not np.allclose(reading.trellis.marginals, reading.unedited.trellis.marginals)


def test_the_layer_above_reads_what_the_edit_made_of_the_one_below(reader):
    edits = (set_("h", 0.5, first=1, last=1),)
    reading = reader.read(ReadQuery("RNN 2", TEXT, layer=1, edits=edits), 1)
    np.testing.assert_array_equal(reading.view.x[1], np.full(4, 0.5, np.float32))


@pytest.mark.parametrize("model", ["LSTM", "GRU", "RNN"])
def test_the_arithmetic_starts_from_the_edited_numbers(reader, model):
    """Where nothing is set at the step itself, every sum gives the number that is shown."""
    gates = by_class(model).activated
    edits = (set_("h", 0.9, first=1, last=1),)
    reading = reader.read(ReadQuery(model, TEXT, step=2, unit=3, edits=edits), 1)
    for gate in reading.gate_arithmetic.gates:
        assert gate.name in gates
        assert gate.value == pytest.approx(reading.view.quantities[gate.name][2, 3], abs=1e-6)
    assert reader.gate_arithmetic(GateQuery(1, 2, 3)).gates[0].pre == reading.gate_arithmetic.gates[0].pre


def test_a_reset_gate_set_by_hand_is_the_factor_of_n(reader):
    reading = reader.read(ReadQuery("GRU", TEXT, step=2, unit=3, edits=(set_("r", 0.25, 3, 2, 2),)), 1)
    r, _, n = reading.gate_arithmetic.gates
    assert r.value == pytest.approx(reading.unedited.view.quantities["r"][2, 3], abs=1e-6)
    assert n.hidden_factor == 0.25
    assert n.value == pytest.approx(reading.view.quantities["n"][2, 3], abs=1e-6)


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:english-both", "preset:tutorial-gru"])
def test_memory_adds_up_with_edits(shipped, model):
    edits = (set_("h" if "gru" in model else "c", 0.5, 2, 1, 1), SwapState(2, "the cat", 1, WORDS))
    reading = shipped.read(ReadQuery(model, TEXT, step=4, unit=2, decomposition=True, edits=edits), 1)
    assert reading.decomposition.error <= 1e-5 and reading.unedited.decomposition is None
    name = "h" if "gru" in model else "c"
    np.testing.assert_allclose(
        reading.decomposition.by_unit.sum(0), reading.view.quantities[name][4], atol=1e-5
    )
    assert shipped.decompose(DecompositionQuery(1, 3, 2)).error <= 1e-5


def test_the_characters_are_read_as_without(shipped):
    edits = (set_("h", 0.0),)
    plain = shipped.read(ReadQuery("preset:english", TEXT, step=2, module="char_recurrent"), 1)
    reading = shipped.read(ReadQuery("preset:english", TEXT, step=2, module="char_recurrent", edits=edits), 2)
    assert not np.allclose(reading.scores, plain.scores)
    for name, values in plain.view.quantities.items():
        np.testing.assert_array_equal(reading.view.quantities[name], values)


def test_a_sentences_hands_hold_any_number_of_copies(reader):
    query = ReadQuery(
        "GRU 2 both", TEXT, edits=(set_("z", 1.0, 2, 1, 3, direction=1), set_("n", 0.0, layer=1))
    )
    reading, sentence = reader.read(query, 1), reader.sentence(query)
    tagger = sentence.subject.tagger
    with torch.no_grad():
        x = tagger.inputs(sentence.words)
        ours = unroll(tagger.recurrent, x, sentence.state, interventions=sentence.interventions, copies=3)
        scores = tagger.scores(ours.output)
    for copy in range(3):
        np.testing.assert_allclose(scores[:, copy].numpy(), reading.scores, atol=1e-6)
    assert sentence.resolved == reading.resolved_edits


def test_it_goes_over_the_wire(shipped):
    edits = (set_("f", 0.0), SwapState(9, "x", 0), set_("c", float("nan")))
    query = ReadQuery("preset:tutorial", TEXT, edits=edits)
    reading = shipped.read(received(query), 1)
    there = delivered(reading)
    assert [resolved_edits.unresolved for resolved_edits in there.resolved_edits] == ["", "word", "value"]
    np.testing.assert_array_equal(there.unedited.scores, reading.unedited.scores)
    np.testing.assert_array_equal(there.view.quantities["f"], np.zeros((5, 6), np.float32))


# ---------------------------------------------------------------- edits survive typing on


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:english-both"])
def test_typing_on_with_an_edit_gives_the_numbers_of_reading_at_once(model):
    typing, edits = Reader(), (set_("f", 0.0, 2, 1, 1), set_("h", 0.5, 0, 2))
    full = TEXT + " and everybody read it"
    texts = [full[:n] for n in range(8, len(full) + 1, 3)] + [TEXT, "Now " + TEXT, TEXT]
    for number, text in enumerate(texts):
        grown = typing.read(ReadQuery(model, text, edits=edits), number)
        fresh = Reader().read(ReadQuery(model, text, edits=edits), number) if number % 4 == 0 else grown
        np.testing.assert_allclose(grown.scores, fresh.scores, atol=2e-5)
        assert grown.resolved_edits == fresh.resolved_edits and grown.view.max_error <= 1e-5


def test_a_net_whose_weights_are_no_numbers_says_so(reader):
    reading = reader.read(
        ReadQuery("LSTM broken", TEXT, edits=(set_("f", 0.5, 1, 2, 2), set_("h", 0.5, None, 4, 4))), 1
    )
    assert np.isnan(reading.scores[3]).all() and np.isfinite(reading.scores[4]).all()
    assert [word.tag for word in reading.words][1] == "NaN"
    assert reading.view.quantities["f"][2, 1] == 0.5


def test_readings_with_edits_leave_nothing_behind(reader):
    plain = Untrained().read(ReadQuery("LSTM", TEXT), 1)
    reader.read(ReadQuery("LSTM", TEXT, edits=(set_("h", 0.0),)), 2)
    after = reader.read(ReadQuery("LSTM", TEXT), 3)
    np.testing.assert_array_equal(after.scores, plain.scores)
    assert after.resolved_edits == () and after.unedited is None
