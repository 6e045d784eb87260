import msgspec
import numpy as np
import pytest

from lstm_viz.analysis.unrolled import unroll
from lstm_viz.engine import intervened_pass
from lstm_viz.engine.forward_pass import ForwardPass, read
from lstm_viz.engine.intervened_pass import prove
from lstm_viz.messages import ReadQuery, SetValue
from tests.engine.untrained import NETS, TEXT, WORDS, Untrained


@pytest.fixture(scope="module")
def reader():
    return Untrained()


@pytest.mark.parametrize("model", NETS)
def test_the_proof_is_of_the_stepping_without_edits(reader, model):
    sentence = reader.sentence(ReadQuery(model, TEXT))
    net, words = sentence.subject.tagger.recurrent, sentence.words
    done = read(sentence.subject, words, None, None)
    assert max(prove(net, done, None, None).errors) <= 1e-6
    output = done.output.clone()
    output[3, 0, 1] += 0.5
    wrong = ForwardPass(done.words, done.x, output, done.trace)
    errors = prove(net, wrong, None, None).errors
    assert errors[3] == pytest.approx(0.5, abs=1e-5) and max(errors[:3] + errors[4:]) <= 1e-6


@pytest.mark.parametrize("model", ["LSTM", "LSTM 2 both"])
def test_of_a_proof_only_what_is_new_is_stepped(reader, model, monkeypatch):
    net = reader.sentence(ReadQuery(model, TEXT)).subject.tagger.recurrent
    subject, stepped = reader.sentence(ReadQuery(model, TEXT)).subject, []
    monkeypatch.setattr(
        intervened_pass, "unroll", lambda net, x, *more: stepped.append(len(x)) or unroll(net, x, *more)
    )
    proof = None
    for words in (WORDS, (*WORDS, "it"), (*WORDS, "it"), WORDS, ("cat", *WORDS[1:])):
        proof = prove(net, read(subject, words, None, None), None, proof)
        assert proof.words == words and len(proof.errors) == len(words) and max(proof.errors) <= 1e-6
    assert stepped == ([5, 1, 5] if model == "LSTM" else [5, 6, 5, 5])


@pytest.mark.parametrize("model", ["LSTM", "GRU", "RNN", "LSTM 2", "LSTM 2 both"])
def test_with_edits_too_only_what_is_new_is_stepped_and_the_numbers_are_the_same(model, monkeypatch):
    known, seen = Untrained(), []
    quantity = "h" if model == "RNN" else {"G": "z", "L": "f"}[model[0]]
    everywhere = SetValue("h", 0.0, 1, words=WORDS)
    late = SetValue(quantity, 0.25, 0, 3, 3, words=WORDS)

    def note(net, x, *more, interventions=None, **others):
        if interventions:
            seen.append(len(x))
        return unroll(net, x, *more, interventions=interventions or {}, **others)

    monkeypatch.setattr(intervened_pass, "unroll", note)
    asked = [
        ReadQuery(model, TEXT, edits=(everywhere, late)),
        ReadQuery(model, f"{TEXT} it", edits=(everywhere, late)),
        ReadQuery(model, TEXT, edits=(everywhere, late)),
        ReadQuery(model, TEXT, edits=(everywhere, msgspec.structs.replace(late, value=0.5))),
        ReadQuery(model, TEXT, edits=(everywhere,)),
        ReadQuery(model, f"a {TEXT}", edits=(everywhere,)),
    ]
    answers = [known.read(query, 1) for query in asked]
    stepped = list(seen)
    for query, answer in zip(asked, answers, strict=True):
        fresh = Untrained().read(query, 1)
        np.testing.assert_allclose(answer.scores, fresh.scores, atol=1e-6)
        for name, values in fresh.view.quantities.items():
            np.testing.assert_allclose(answer.view.quantities[name], values, atol=1e-6)
    if model != "LSTM 2 both":
        assert stepped == ([5, 1, 2, 2, 6] if quantity == "h" else [5, 1, 2, 5, 6])
