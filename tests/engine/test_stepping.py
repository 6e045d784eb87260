import pytest

from lstm_viz.analysis.unrolled import unroll
from lstm_viz.engine import stepping
from lstm_viz.engine.passes import Pass
from lstm_viz.engine.stepping import prove
from lstm_viz.messages import Read
from tests.engine.untrained import NETS, TEXT, WORDS, Untrained


@pytest.fixture(scope="module")
def reader():
    return Untrained()


@pytest.mark.parametrize("model", NETS)
def test_the_proof_is_of_the_stepping_without_edits(reader, model):
    sentence = reader.sentence(Read(1, model, TEXT))
    net, words = sentence.preset.tagger.recurrent, sentence.words
    done = reader._pass(sentence.preset, None, words)
    assert max(prove(net, done, None, None).errors) <= 1e-6
    output = done.output.clone()
    output[3, 0, 1] += 0.5
    wrong = Pass(done.words, done.x, output, done.trace)
    errors = prove(net, wrong, None, None).errors
    assert errors[3] == pytest.approx(0.5, abs=1e-5) and max(errors[:3] + errors[4:]) <= 1e-6


@pytest.mark.parametrize("model", ["LSTM", "LSTM 2 both"])
def test_of_a_proof_only_what_is_new_is_stepped(reader, model, monkeypatch):
    net = reader.sentence(Read(1, model, TEXT)).preset.tagger.recurrent
    preset, stepped = reader.sentence(Read(1, model, TEXT)).preset, []
    monkeypatch.setattr(
        stepping, "unroll", lambda net, x, *more: stepped.append(len(x)) or unroll(net, x, *more)
    )
    proof = None
    for words in (WORDS, (*WORDS, "it"), (*WORDS, "it"), WORDS, ("cat", *WORDS[1:])):
        proof = prove(net, Untrained()._pass(preset, None, words), None, proof)
        assert proof.words == words and len(proof.errors) == len(words) and max(proof.errors) <= 1e-6
    assert stepped == ([5, 1, 5] if model == "LSTM" else [5, 6, 5, 5])
