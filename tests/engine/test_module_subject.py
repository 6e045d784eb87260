"""Users' models and the real engine loop; the oracles are the models' outputs and reference loops."""

import numpy as np
import pytest
import torch
from torch import nn

from lstm_viz.errors import InvalidError
from lstm_viz.messages import (
    AblationQuery,
    AttributionQuery,
    DecompositionQuery,
    Failure,
    GateQuery,
    InputQuery,
    ReadQuery,
    ScoreQuery,
    SetValue,
    StateQuery,
    SwapState,
)
from lstm_viz.messages.base import NO_NUMBER
from lstm_viz.ordinals import trace_element
from lstm_viz.subjects.captured_calls import one_layer
from lstm_viz.subjects.errors import ModelError
from lstm_viz.subjects.given import Given
from lstm_viz.subjects.module import ModuleSubject, given_inputs
from lstm_viz.tracing import capture
from tests.clamped_by_hand import read_by_hand
from tests.engine.in_process import engine_of
from tests.subjects.user_models import (
    CLASSES,
    LETTERS,
    Characters,
    Controller,
    Forecaster,
    Regressor,
    Sentiment,
    Stacked,
    encode_characters,
    encode_pairs,
    encode_sentence,
    made,
    word_ids,
)

TEXT = "the film was not really good"
URI = "live:model"
PAIRS = "0.5,-1 2,0.25 -0.75,1.5 0,1"


def sentiment(pooling="last", **how):
    model = made(Sentiment, pooling, **how)
    return ModuleSubject(model, encode_sentence, lambda scores: (scores, CLASSES), text=TEXT, reads="words")


def logits_of(subject, text=TEXT):
    """Return what the user's model itself predicts."""
    model = subject.model.eval()
    (ids, lengths), _ = encode_sentence(text)
    with torch.no_grad():
        found = model(ids, lengths)
    model.train()
    return found


def views(engine, **query):
    """Return a reading and the view of every layer and direction of the first module."""
    reading = engine.ask(ReadQuery(URI, **query))
    module = reading.view.module
    places = [(layer, d) for layer in range(module.num_layers) for d in range(module.num_directions)]
    return reading, {
        place: engine.ask(ReadQuery(URI, layer=place[0], direction=place[1], **query)).view
        for place in places
    }


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_packed_classifier_of_sequences(pooling, dtype):
    subject = sentiment(pooling, dtype=dtype)
    with engine_of(subject) as engine:
        assert engine.hello.models[0].uri == URI
        reading, found = views(engine, text=TEXT, step=2)
    assert [word.text for word in reading.words] == TEXT.split()
    assert [(word.start, word.tag) for word in reading.words][:2] == [(0, ""), (4, "")]
    assert reading.model.outputs == "input" and reading.model.tags == tuple(CLASSES)
    assert not reading.model.is_sequential and reading.model.capabilities == ("weights", "scores")
    expected = logits_of(subject).log_softmax(-1)
    np.testing.assert_allclose(reading.scores, expected, rtol=0, atol=1e-6)
    assert reading.tag(2) == CLASSES[int(expected.argmax())]
    model = subject.model
    x = model.embedding.weight[word_ids(TEXT)[0]].detach()
    by_hand = read_by_hand(model.lstm, x)
    for place, view in found.items():
        assert view.max_error < 1e-6 and view.x.dtype == np.dtype(str(dtype).removeprefix("torch."))
        for name, values in view.quantities.items():
            np.testing.assert_allclose(values, by_hand[name][place], rtol=0, atol=1e-6)
    assert found[0, 0].parts == (("embedding", 6),)
    assert model.training and all(module.training for module in model.modules())
    assert all(weight.grad is None for weight in model.parameters())


def test_the_random_numbers_of_the_process_are_left_alone():
    before = torch.get_rng_state()
    with engine_of(sentiment()) as engine:
        engine.ask(ReadQuery(URI, TEXT))
        engine.ask(AttributionQuery(1, ReadQuery(URI, TEXT)))
    assert torch.equal(torch.get_rng_state(), before)


def clamped_output(model, x, clamped):
    """Return the classes' logits with gates clamped in a reference loop, for pooling by the mean."""
    h = torch.from_numpy(np.concatenate(tuple(read_by_hand(model.lstm, x, clamped)["h"][-1]), -1))
    return h.mean(0) @ model.fc.weight.detach().double().T + model.fc.bias.detach().double()


def test_edits_run_through_the_rest_of_the_model():
    subject = sentiment("mean")
    model = subject.model
    edit = SetValue("f", 0.0, 1, 2, 3, 0, 1, words=tuple(TEXT.split()))
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, TEXT, edits=(edit,), direction=1))
        plain = engine.ask(ReadQuery(URI, TEXT, direction=1))
    x = model.embedding.weight[word_ids(TEXT)[0]].detach()
    clamped = {(0, 1, "f", step, 1): 0.0 for step in (2, 3)}
    expected = clamped_output(model, x, clamped).log_softmax(-1)
    np.testing.assert_allclose(reading.scores[0], expected, rtol=0, atol=1e-6)
    by_hand = read_by_hand(model.lstm, x, clamped)
    for name, values in reading.view.quantities.items():
        np.testing.assert_allclose(values, by_hand[name][0, 1], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(reading.unedited.scores, plain.scores)
    assert reading.view.max_error < 1e-6 and np.abs(reading.scores - plain.scores).max() > 1e-4
    assert reading.resolved_edits[0].unresolved == ""


def test_the_state_of_another_text_is_patched_in():
    subject = sentiment("last")
    edit = SwapState(5, "the film was bad", None, tuple(TEXT.split()))
    with engine_of(subject) as engine:
        other = engine.ask(ReadQuery(URI, "the film was bad", layer=1))
        patched = engine.ask(ReadQuery(URI, TEXT, edits=(edit,), layer=1))
    np.testing.assert_allclose(
        patched.view.quantities["h"][5], other.view.quantities["h"][3], rtol=0, atol=1e-6
    )
    assert patched.resolved_edits[0].others == ("the", "film", "was", "bad")


def test_the_arithmetic_of_a_classifier():
    subject = sentiment()
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, TEXT))
        gates = engine.ask(GateQuery(1, 3, 2))
        state = engine.ask(StateQuery(1, 3, 2, "c"))
        source = engine.ask(InputQuery(1, 3))
        refused = engine.ask(ScoreQuery(1, 3, "positive"))
    for gate in gates.gates:
        assert gate.value == pytest.approx(float(reading.view.quantities[gate.name][3, 2]), abs=1e-6)
    assert state.value == pytest.approx(state.forward, abs=1e-6)
    (part,) = source.parts
    assert (part.name, part.text, part.row) == ("embedding", "not", word_ids("not")[0][0])
    assert source.error < 1e-6
    assert isinstance(refused, Failure) and refused.code == "subject_without_linear_scores"


def test_the_decomposition_is_that_of_the_cell_state():
    with engine_of(sentiment()) as engine:
        reading = engine.ask(ReadQuery(URI, TEXT, layer=1, direction=1))
        found = engine.ask(DecompositionQuery(1, 2, None))
    np.testing.assert_allclose(found.by_unit.sum(0), reading.view.quantities["c"][2], rtol=0, atol=1e-6)
    assert found.error < 1e-6 and found.scores is None


@pytest.mark.parametrize("pooling", ["last", "max", "attention"])
def test_an_attribution_is_that_of_the_models_own_gradient(pooling):
    subject = sentiment(pooling, dtype=torch.float64)
    with engine_of(subject) as engine:
        engine.ask(ReadQuery(URI, TEXT))
        found = engine.ask(AttributionQuery(1, ReadQuery(URI, TEXT, step=4), "positive", "logit"))
    model = subject.model.eval()
    x = model.embedding.weight[word_ids(TEXT)[0]].detach()[:, None].requires_grad_()
    output, (hidden, _) = nn.LSTM.forward(model.lstm, x.transpose(0, 1))
    logits = model.fc(model.pooled(output, hidden, torch.tensor([6])))[0]
    (slope,) = torch.autograd.grad(logits[2], x)
    logits = logits.detach()
    assert found.score == pytest.approx(float(logits[2]), abs=1e-9)
    np.testing.assert_allclose(found.gradient_input, (slope * x).sum((1, 2)).detach(), rtol=0, atol=1e-9)
    assert found.done and found.replacement == "zeros"
    assert found.integrated is not None and found.completeness < 1e-3
    assert found.integrated.sum() == pytest.approx(found.score - found.baseline, abs=2e-3)
    assert len(found.h_flow) == len(found.c_flow) == 6 and found.direct is None
    assert found.log_softmax == pytest.approx(float(logits.log_softmax(-1)[2]), abs=1e-9)


def test_an_ablation_is_that_of_a_loop_by_hand():
    subject = sentiment("mean")
    with engine_of(subject) as engine:
        engine.ask(ReadQuery(URI, TEXT))
        found = engine.ask(AblationQuery(1, ReadQuery(URI, TEXT), "neutral", "logit"))
    model = subject.model
    x = model.embedding.weight[word_ids(TEXT)[0]].detach()
    plain = float(clamped_output(model, x, {})[1])
    assert found.score == pytest.approx(plain, abs=1e-6) and found.done == found.total
    for unit in range(5):
        off = {(0, 0, "h", step, unit): 0.0 for step in range(6)}
        assert found.units[unit] == pytest.approx(float(clamped_output(model, x, off)[1]) - plain, abs=1e-6)
    forgets = {(0, 0, "f", step, None): 1.0 for step in range(6)}
    gate = found.gates.index("f")
    assert found.whole_gates[gate] == pytest.approx(
        float(clamped_output(model, x, forgets)[1]) - plain, abs=1e-6
    )


@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_a_forecaster_of_real_vectors_with_a_projection():
    model = made(Forecaster)
    subject = ModuleSubject(model, encode_pairs, lambda output: output, text=PAIRS)
    edit = SetValue("c", 0.5, 3, 1, 1, words=tuple(PAIRS.split()))
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, PAIRS))
        edited = engine.ask(ReadQuery(URI, PAIRS, edits=(edit,)))
        arithmetic = engine.ask(StateQuery(2, 2, 1, "h"))
        source = engine.ask(InputQuery(2, 1))
        explained = engine.ask(AttributionQuery(2, ReadQuery(URI, PAIRS, step=2)))
        refused = engine.ask(AblationQuery(2, ReadQuery(URI, PAIRS)))
    series, _ = encode_pairs(PAIRS)
    assert not isinstance(reading, Failure), reading.details
    expected = read_by_hand(model.rnn, series[0])
    assert reading.view.quantities["h"].shape == (4, 3) and reading.view.quantities["c"].shape == (4, 6)
    for name, values in reading.view.quantities.items():
        np.testing.assert_allclose(values, expected[name][0, 0], rtol=0, atol=1e-6)
    np.testing.assert_allclose(reading.scores, model(series)[0].detach(), rtol=0, atol=1e-6)
    assert reading.model.tags == ("value",) and reading.model.capabilities == ("weights", "scores")
    clamped = read_by_hand(model.rnn, series[0], {(0, 0, "c", 1, 3): 0.5})
    np.testing.assert_allclose(edited.view.quantities["h"], clamped["h"][0, 0], rtol=0, atol=1e-6)
    h = torch.from_numpy(clamped["h"][0, 0]).float()
    np.testing.assert_allclose(edited.scores, model.head(h).detach(), rtol=0, atol=1e-6)
    assert arithmetic.value == pytest.approx(arithmetic.forward, abs=1e-6)
    (part,) = source.parts
    assert (part.name, part.row, part.text) == ("input", None, "2,0.25")
    np.testing.assert_array_equal(part.values, [2, 0.25])
    assert explained.score == pytest.approx(float(reading.scores[2, 0]), abs=1e-6)
    assert refused.code == "ablation_of_projection"


def test_one_real_value_for_a_sequence_of_given_tensors():
    model = made(Regressor)
    series = torch.randn(5, 2, 2, generator=torch.Generator().manual_seed(3))
    inputs = {"monday": Given(series, 0), "tuesday": Given(series, 1, tuple("abcde"))}
    subject = ModuleSubject(model, None, lambda output: output, inputs)
    with engine_of(subject) as engine:
        readings = [engine.ask(ReadQuery(URI, name)) for name in inputs]
        edit = SetValue("z", 1.0, None, 1, 4)
        edited = engine.ask(ReadQuery(URI, "tuesday", edits=(edit,)))
        unknown = engine.ask(ReadQuery(URI, "sunday"))
    assert readings[0].model.inputs == ("monday", "tuesday") and readings[0].model.home == "monday"
    assert [[word.text for word in reading.words] for reading in readings] == [list("12345"), list("abcde")]
    expected = model(series).detach()
    for sequence, reading in enumerate(readings):
        assert reading.scores.shape == (1, 1)
        assert float(reading.scores[0, 0]) == pytest.approx(float(expected[sequence]), abs=1e-6)
        by_hand = read_by_hand(model.gru, series[:, sequence])
        np.testing.assert_allclose(reading.view.quantities["n"], by_hand["n"][0, 0], rtol=0, atol=1e-6)
    first = torch.from_numpy(read_by_hand(model.gru, series[:1, 1])["h"][0, 0, -1]).float()
    assert float(edited.scores[0, 0]) == pytest.approx(float(model.head(first).detach()), abs=1e-6)
    assert unknown.code == "input_unknown"


def test_the_sequences_of_a_batch_have_names():
    padded = torch.tensor([[2, 3, 4, 5, 6], [2, 3, 6, 0, 0]])
    model = made(Sentiment)
    inputs = given_inputs(model, (padded, torch.tensor([5, 3])))
    subject = ModuleSubject(model, None, lambda scores: (scores, CLASSES), inputs)
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, "sequence 2 of 2"))
    assert list(inputs) == ["sequence 1 of 2", "sequence 2 of 2"] and len(reading.words) == 3
    expected = read_by_hand(model.lstm, model.embedding.weight[[2, 3, 6]].detach())
    np.testing.assert_allclose(reading.view.quantities["c"], expected["c"][0, 0], rtol=0, atol=1e-6)
    with torch.no_grad(), capture(model) as captured:
        model.eval()(padded, torch.tensor([5, 3]))
    code = trace_element("c", 0, 0, 1, 2, sequence=reading.view.sequence)  # as the hover of a heatmap has it
    shown = eval(code, {"trace": captured["lstm"]})  # our own text
    np.testing.assert_allclose(shown, reading.view.quantities["c"][1, 2], rtol=0, atol=1e-6)
    with torch.no_grad():
        alone = model.eval()(padded[1:, :3], torch.tensor([3])).log_softmax(-1)
    np.testing.assert_allclose(reading.scores, alone, rtol=0, atol=1e-6)
    assert list(given_inputs(model, (padded[:1], torch.tensor([5])))) == ["input"]


def test_an_edit_in_a_packed_batch_is_of_one_sequence():
    padded, lengths = torch.tensor([[2, 3, 6, 0, 0], [2, 3, 4, 5, 6]]), torch.tensor([3, 5])
    model = made(Sentiment)
    subject = ModuleSubject(
        model, None, lambda scores: (scores, CLASSES), given_inputs(model, (padded, lengths))
    )
    edit = SetValue("i", 1.0, None, 1, 1, 1, 1)
    with engine_of(subject) as engine:
        batched = engine.ask(ReadQuery(URI, "sequence 1 of 2", edits=(edit,)))
    alone = ModuleSubject(
        model,
        None,
        lambda scores: (scores, CLASSES),
        given_inputs(model, (padded[:1, :3], lengths[:1])),
    )
    with engine_of(alone) as engine:
        expected = engine.ask(ReadQuery(URI, "input", edits=(edit,)))
    np.testing.assert_allclose(batched.scores, expected.scores, rtol=0, atol=1e-6)
    assert np.abs(batched.scores - batched.unedited.scores).max() > 1e-5


def test_a_loop_over_a_cell_that_reads_its_own_actions():
    model = made(Controller)
    subject = ModuleSubject(
        model,
        lambda text: (torch.tensor([[float(n)] for n in text.split()]), text.split()),
        lambda actions: (actions, ["left", "right"]),
        text="1 -2 0.5 3",
    )
    edit = SetValue("o", 0.0, 2, 1, 1, words=("1", "-2", "0.5", "3"))
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, "1 -2 0.5 3"))
        edited = engine.ask(ReadQuery(URI, "1 -2 0.5 3", edits=(edit,)))
        ablation = engine.ask(AblationQuery(2, ReadQuery(URI, "1 -2 0.5 3", step=3), "left", "logit"))
    net = one_layer(model.cell)
    assert reading.view.module.cell == "LSTM" and reading.model.outputs == "columns"

    def by_hand(clamped):
        """Run the user's loop over the cell with the equations."""
        h, c, action, rows = np.zeros(4), np.zeros(4), np.zeros(2), []
        for t, number in enumerate((1, -2, 0.5, 3)):
            here = {(0, 0, name, 0, unit): v for (_, _, name, step, unit), v in clamped.items() if step == t}
            found = read_by_hand(net, [[number, *action]], here, [h], [c])
            rows.append({name: values[0, 0, 0] for name, values in found.items()})
            h, c = rows[-1]["h"], rows[-1]["c"]
            policy = model.policy(torch.from_numpy(h).float()).detach().double().numpy()
            action = np.tanh(policy)
            rows[-1]["action"] = action
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}

    for one, clamped in ((reading, {}), (edited, {(0, 0, "o", 1, 2): 0.0})):
        expected = by_hand(clamped)
        for name, values in one.view.quantities.items():
            np.testing.assert_allclose(values, expected[name], rtol=0, atol=2e-6, err_msg=name)
        scores = torch.from_numpy(expected["action"]).log_softmax(-1)
        np.testing.assert_allclose(one.scores, scores, rtol=0, atol=2e-6)
    off = by_hand({(0, 0, "h", step, 1): 0.0 for step in range(4)})["action"][3, 0]
    assert ablation.units[1] == pytest.approx(off - by_hand({})["action"][3, 0], abs=2e-6)


def test_a_character_model_predicts_the_next_token():
    model = made(Characters)
    subject = ModuleSubject(
        model,
        encode_characters,
        lambda output: (output, list(LETTERS)),
        text="a bad cab",
        predicts="tokens",
        reads="characters",
    )
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, "a bad cab"))
        found = engine.ask(AttributionQuery(1, ReadQuery(URI, "a bad cab", step=4)))
    ids, labels = encode_characters("a bad cab")
    expected = model(ids)[0].detach().log_softmax(-1)
    np.testing.assert_allclose(reading.scores, expected, rtol=0, atol=1e-6)
    assert [word.tag for word in reading.words] == [LETTERS[k] for k in expected.argmax(-1)]
    assert [(word.text, word.start) for word in reading.words] == list(zip(labels, range(9), strict=True))
    assert reading.view.module.reads == "characters" and not reading.view.module.own_columns
    assert found.tag == reading.words[4].tag and found.direct is not None
    assert np.abs(found.gradient_input[5:]).max() == 0  # what comes later changes nothing


def test_modules_that_read_the_output_of_another():
    model = made(Stacked)
    subject = ModuleSubject(
        model,
        lambda text: (torch.tensor([word_ids(text)[0]]), text.split()),
        lambda output: (output, ["A", "B"]),
        text=TEXT,
    )
    early = SetValue("n", 0.7, 1, 2, 2, words=tuple(TEXT.split()))
    late = SetValue("o", 0.0, None, 3, 3, words=tuple(TEXT.split()), module="second")
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, TEXT, module="second"))
        direct = engine.ask(ReadQuery(URI, TEXT, module="direct"))
        source = engine.ask(InputQuery(2, 1))
        edited = engine.ask(ReadQuery(URI, TEXT, module="second", edits=(early, late)))
        found = engine.ask(AttributionQuery(3, ReadQuery(URI, TEXT, module="second", step=5), "A", "logit"))
        nowhere = engine.ask(ReadQuery(URI, TEXT, edits=(SetValue("o", 0.0, module="third"),)))
    assert [module.path for module in reading.model.modules] == ["first", "second", "direct"]
    assert reading.view.module.path == "second" and reading.view.parts == (("input", 5),)
    assert direct.view.module.cell == "RNN_RELU" and direct.view.parts == (("first", 8),)
    assert (source.parts[0].name, source.parts[0].module) == ("first", "first") and source.error < 1e-5
    assert nowhere.resolved_edits[0].unresolved == "layer" and nowhere.unedited is None
    x = model.embedding.weight[word_ids(TEXT)[0]].detach()
    first = read_by_hand(model.first, x, {(0, 0, "n", 2, 1): 0.7})
    h = torch.from_numpy(np.concatenate(tuple(first["h"][-1]), -1)).float()
    model.eval()
    with torch.no_grad():
        between = torch.relu(model.between(model.norm(h)))
        second = read_by_hand(model.second, between, {(0, 0, "o", 3, None): 0.0})
        third = read_by_hand(model.direct, h)
        both = np.concatenate([second["h"][0, 0], third["h"][0, 0]], -1)
        expected = model.tags(torch.from_numpy(both).float()).log_softmax(-1)
    for name, values in edited.view.quantities.items():
        np.testing.assert_allclose(values, second[name][0, 0], rtol=0, atol=2e-6)
    np.testing.assert_allclose(edited.scores, expected, rtol=0, atol=2e-6)
    weight = model.tags.weight[0, :3].detach().numpy()
    assert found.layer == 0 and len(found.c_flow) == 6 and weight.any()
    assert found.h_flow[5] == pytest.approx(float(np.linalg.norm(weight)), abs=1e-6)


def fails(engine, code="model_raised"):
    failure = engine.ask(ReadQuery(URI, "boom"))
    assert isinstance(failure, Failure) and failure.code == code
    return failure


@pytest.mark.parametrize("where", ["encode", "forward", "decode"])
@pytest.mark.parametrize("error", [KeyError, SystemExit])
def test_an_error_of_a_persons_code_has_its_own_traceback_and_ends_nothing(where, error):
    class Broken(Characters):
        def forward(self, ids):
            return raise_in("forward", super().forward(ids))

    def raise_in(place, value):
        if place == where and armed:
            raise error(3)
        return value

    armed = []
    subject = ModuleSubject(
        made(Broken),
        lambda text: raise_in("encode", encode_characters("abcd")),
        lambda output: raise_in("decode", output),
        text="abc",
    )
    with engine_of(subject) as engine:
        armed.append(True)
        failure = fails(engine)
        armed.clear()
        assert isinstance(engine.ask(ReadQuery(URI, "boom")).scores, np.ndarray)
    assert failure.parameters["where"] == where and failure.parameters["type"] == error.__name__
    assert "in raise_in" in failure.details and "raise error(3)" in failure.details
    assert "lstm_viz/subjects" not in failure.details and "handlers" not in failure.details
    assert subject.model.training


def test_labels_that_fit_no_module_and_scores_that_fit_nothing():
    model, labels, scores = made(Characters), [], []
    subject = ModuleSubject(
        model,
        lambda text: (encode_characters("abc")[0], ["a", "b", "c", *labels]),
        lambda output: output[0, :2] if scores else output,
        text="abc",
    )
    with engine_of(subject) as engine:
        labels.append("d")
        assert fails(engine, "input_steps_differ").parameters == {"labels": 4, "steps": 3}
        labels.clear()
        scores.append(True)
        assert engine.ask(ReadQuery(URI, "other")).code == "model_outputs"


def raised(*arguments, **how):
    with pytest.raises(ModelError) as caught:
        _ = ModuleSubject(*arguments, **how).recurrents
    return caught.value.code


class Twice(nn.Module):
    """Reads two inputs by the same recurrent module."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 2)

    def forward(self, x):
        return self.rnn(x)[0] - self.rnn(2 * x)[0]


def test_what_is_wrong_has_a_code_of_its_own():
    characters = made(Characters)
    assert raised(characters, encode_characters) == "model_without_text"
    named = raised(characters, encode_characters, lambda output: (output, ["A", "B"]), text="abc")
    assert named == "model_output_names"
    inputs = {"input": Given(torch.ones(4, 1, 3))}
    assert raised(made(Twice), inputs=inputs) == "model_called_repeatedly"


@pytest.mark.parametrize("cut", [lambda x: x.detach(), lambda x: x.detach().numpy()])
def test_scores_without_a_gradient_are_not_explained(cut):
    subject = ModuleSubject(
        made(Characters), encode_characters, lambda output: (cut(output), list(LETTERS)), text="abc"
    )
    with engine_of(subject) as engine:
        assert engine.ask(ReadQuery(URI, "abc")).scores.shape == (3, len(LETTERS))
        refused = engine.ask(AttributionQuery(1, ReadQuery(URI, "abc")))
    assert isinstance(refused, Failure) and refused.code == "scores_without_gradient"


class Square(nn.Module):
    """Reads batches in either order of the axes, whatever that of its recurrent module is."""

    def __init__(self, first, inner):
        super().__init__()
        self.rnn, self.head = nn.LSTM(3, 5, batch_first=inner, bidirectional=True), nn.Linear(10, 4)
        self.swaps = first != inner

    def forward(self, x):
        output = self.head(self.rnn(x.transpose(0, 1) if self.swaps else x)[0])
        return output.transpose(0, 1) if self.swaps else output


@pytest.mark.parametrize("names", [list("ABCD"), []])
@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_the_sequences_of_a_square_batch_have_their_own_scores(first, inner, names):
    torch.manual_seed(0)
    model, x = Square(first, inner), torch.randn(4, 4, 3)
    subject = ModuleSubject(model, None, lambda output: (output, names), given_inputs(model, x))
    edit = SetValue("o", 0.0, None, 0, 3)
    with engine_of(subject) as engine:
        readings = [engine.ask(ReadQuery(URI, name)) for name in subject.names]
        edited = engine.ask(ReadQuery(URI, subject.names[2], edits=(edit,)))
    with torch.no_grad():
        expected = model(x) if first else model(x).transpose(0, 1)
    shown = [reading.scores for reading in readings]
    np.testing.assert_allclose(shown, expected.log_softmax(-1) if names else expected, atol=1e-6)
    np.testing.assert_allclose(edited.unedited.scores, shown[2], atol=1e-6)


def test_square_scores_that_mix_the_sequences_are_refused():
    model, x = Square(first=True, inner=True), torch.randn(4, 4, 3)
    inputs = given_inputs(model, x)
    assert raised(model, None, lambda output: output - output.mean((0, 1)), inputs) == "model_outputs"


def test_the_embeddings_of_a_square_batch_are_recognised():
    model, ids = made(Characters), torch.arange(9).reshape(3, 3)
    subject = ModuleSubject(model, inputs=given_inputs(model, ids))
    rows = [subject.sources(name, "rnn", 1)[0].row for name in subject.names]
    assert rows == ids[:, 1].tolist()


@pytest.mark.parametrize("home", ["a", "at", "not good"])
def test_an_initial_text_of_one_column_decides_nothing(home):
    def encode(text):
        return ([torch.tensor([ord(c) - 97 for c in word]) for word in text.split()],), text.split()

    subject = ModuleSubject(made(Speller), encode, lambda output: (output, list("ABC")), text=home)
    with engine_of(subject) as engine:
        first = engine.ask(ReadQuery(URI, home))
        reading = engine.ask(ReadQuery(URI, TEXT, step=3))
        other = engine.ask(ReadQuery(URI, TEXT, module="spell", step=3))
        last = engine.ask(ReadQuery(URI, "a", module="spell"))
    assert len(first.words) == len(home.split())
    assert reading.model.outputs == "columns" and reading.words[3].tag
    assert [module.own_columns for module in reading.model.modules] == [False, True]
    assert other.view.columns == tuple("not") and other.model == last.model
    assert last.view.columns == ("a",) and last.words[0].tag


def test_a_vector_is_of_the_columns_where_that_of_the_initial_text_is():
    model = made(Forecaster)
    summed = ModuleSubject(model, encode_pairs, lambda output: output[0, -1, :].repeat(3), text=PAIRS)
    squeezed = ModuleSubject(model, encode_pairs, lambda output: output.squeeze(), text=PAIRS)
    three = " ".join(PAIRS.split()[:3])
    assert summed.read(three).logits.shape == (1, 3) and summed.read(PAIRS).logits.shape == (1, 3)
    assert squeezed.read(three).logits.shape == (3, 1) and squeezed.readout.each == "columns"


def add(parameter, values):
    with torch.no_grad():
        parameter.add_(values)


def add_uncounted(parameter, values):
    parameter.data.add_(values)


def replace_data(parameter, values):
    parameter.data = parameter.data + values


@pytest.mark.parametrize("change", [add, add_uncounted, replace_data])
def test_new_weights_are_read_anew(change):
    subject = sentiment()
    with engine_of(subject) as engine:
        before = engine.ask(ReadQuery(URI, TEXT))
        change(subject.model.fc.bias, torch.tensor([0.0, 3.0, 0.0]))
        after = engine.ask(ReadQuery(URI, TEXT))
    np.testing.assert_allclose(after.scores, logits_of(subject).log_softmax(-1), atol=1e-6)
    assert np.abs(after.scores - before.scores).max() > 0.1


class Speller(nn.Module):
    """Spells each word by a call of its own, then reads the words."""

    def __init__(self):
        super().__init__()
        self.letters, self.words = nn.Embedding(26, 3), nn.Embedding(len(TEXT), 2)
        self.spell, self.read = nn.GRU(3, 4), nn.LSTM(6, 3)

    def forward(self, words):
        ends = [self.spell(self.letters(word)[:, None])[1][0, 0] for word in words]
        lengths = self.words(torch.tensor(list(map(len, words))))
        return self.read(torch.cat([lengths, torch.stack(ends)], -1)[:, None])[0]


def test_characters_of_each_word_are_columns_of_their_own():
    subject = ModuleSubject(
        made(Speller),
        lambda text: (([torch.tensor([ord(c) - 97 for c in word]) for word in text.split()],), text.split()),
        text=TEXT,
    )
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, TEXT, step=3, module="spell"))
    assert [module.path for module in reading.model.modules] == ["read", "spell"]
    assert reading.view.module.own_columns and reading.view.columns == tuple("not")
    assert reading.model.outputs is None and reading.scores.shape == (6, 0)


@pytest.mark.parametrize("row", [0, slice(None)])
def test_a_mask_forbids_a_tag_and_no_more(row):
    model, mask = made(Characters), torch.zeros(len(LETTERS))
    mask[:4] = -torch.inf
    subject = ModuleSubject(
        model, encode_characters, lambda output: ((output[0] + mask)[row], list(LETTERS)), text="a bad cab"
    )
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, "a bad cab"))
        found = engine.ask(AttributionQuery(1, ReadQuery(URI, "a bad cab")))
        mask[:] = -torch.inf
        none = engine.ask(ReadQuery(URI, "bad"))
    best = model(encode_characters("a bad cab")[0])[0, 0, 4:].argmax()
    assert reading.tag(0) == found.tag == LETTERS[4 + best] and np.isfinite(found.gradient_input).all()
    assert none.tag(0) == NO_NUMBER


def test_a_word_that_an_encode_of_ours_refuses_is_no_input():
    def encode(text):
        if "cat" in text:
            raise InvalidError("word_unknown", word="cat")
        return encode_characters(text)

    with engine_of(ModuleSubject(made(Characters), encode, text="abc")) as engine:
        failure = engine.ask(ReadQuery(URI, "a cat"))
        assert failure.code == "input_refused" and failure.message == "“cat” is not in the vocabulary."
        assert engine.ask(ReadQuery(URI, "abcd")).total_words == 4
