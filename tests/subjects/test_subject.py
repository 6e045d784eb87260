"""Subjects other than taggers, through the engine."""

import numpy as np
import pytest
import torch
from torch import nn

from lstm_viz.analysis.ablation import ablations
from lstm_viz.analysis.attribution import gradients
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import target_at
from lstm_viz.engine.handlers import Models
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.serve import results
from lstm_viz.errors import MESSAGES
from lstm_viz.messages import (
    AblationQuery,
    AttributionQuery,
    DecompositionQuery,
    Envelope,
    Failure,
    GateQuery,
    HistoryQuery,
    InputQuery,
    PathQuery,
    ReadQuery,
    ScoreQuery,
    SetValue,
    StateQuery,
    SwapState,
)
from lstm_viz.subjects.errors import UnknownSubjectError, UnsupportedError
from lstm_viz.subjects.subject import capabilities, main_module, output_names, recurrent_at, scored
from lstm_viz.subjects.tagger import load_preset
from lstm_viz.uris import file_path, of_file, of_preset, of_run, preset_name, run_path
from tests.subjects.regressor import SERIES, URI, Bare, Classifier, Regressor

COLUMNS = tuple(SERIES.split())


class Regressors(Reader):
    """Reads with a subject, the regressor unless told."""

    def __init__(self, subject=None):
        super().__init__()
        self._only = subject or Regressor()

    def load(self, uri, epoch):
        return self._only


@pytest.fixture
def reader():
    return Regressors()


def read(reader, number=1, **more):
    return reader.read(ReadQuery(URI, SERIES, **more), number)


def ask(reader, query):
    models = Models(reader, RunQueries(reader.runs))
    return list(results(models, Envelope(2, "query", query)))


# ---------------------------------------------------------------- a subject that is no tagger


def test_the_columns_and_the_quantities_of_a_regressor_are_read(reader):
    reading = read(reader, step=2, unit=1)
    assert [word.text for word in reading.words] == list(COLUMNS) == list(reading.view.columns)
    assert [(word.tag, word.known) for word in reading.words] == [("", True)] * 4
    assert reading.scores.shape == (4, 0) and reading.model.tags == ()
    assert reading.view.parts == (("values", 2),) and reading.view.max_error < 1e-6
    with torch.no_grad():
        theirs, _ = Regressor().net(Regressor().inputs(COLUMNS))
    np.testing.assert_allclose(reading.view.quantities["h"], theirs[:, 0], atol=1e-6)
    one_more = reader.read(ReadQuery(URI, SERIES + " 3,3"), 2)
    np.testing.assert_array_equal(one_more.view.quantities["h"][:4], reading.view.quantities["h"])


def test_the_arithmetic_of_a_regressor(reader):
    view = read(reader).view
    gates = reader.gate_arithmetic(GateQuery(1, 2, 1)).gates
    assert {gate.name: gate.value for gate in gates} == pytest.approx(
        {name: view.quantities[name][2, 1] for name in "rzn"}, abs=1e-6
    )
    assert reader.arithmetic(StateQuery(1, 2, 1, "h")).value == pytest.approx(view.quantities["h"][2, 1])
    (part,) = reader.arithmetic(InputQuery(1, 1)).parts
    assert (part.name, part.text, part.values.tolist()) == ("values", "2,0.25", [2.0, 0.25])


def test_the_decomposition_of_the_state_of_a_regressor(reader):
    view = read(reader).view
    found = reader.decompose(DecompositionQuery(1, 3, None))
    np.testing.assert_allclose(found.by_unit.sum(axis=0), view.quantities["h"][3], atol=1e-6)
    assert found.scores is None and found.error < 1e-6


def test_interventions_on_a_regressor(reader):
    edits = (SetValue("z", 1.0, None, 1, 1, words=COLUMNS),)
    reading = read(reader, edits=edits)
    h = reading.view.quantities["h"]
    np.testing.assert_allclose(h[1], h[0], atol=1e-7)  # z = 1 keeps the state
    assert reading.unedited is not None and not np.allclose(h, reading.unedited.view.quantities["h"])
    swapped = read(reader, 2, edits=(SwapState(0, "9,9", 0, COLUMNS),))
    assert swapped.resolved_edits[0].others == ("9,9",)


def test_what_is_no_input_is_refused(reader):
    (failure,) = ask(reader, ReadQuery(URI, "0.5,-1 0.5,"))
    assert failure.message == "“0.5,” is no input of this model: it is not a pair."


def test_a_module_with_the_batch_first_has_the_same_numbers(reader):
    net = nn.GRU(2, 4, batch_first=True).eval()
    net.load_state_dict(Regressor().net.state_dict())
    other = Regressors(Classifier(net))
    edits = (SetValue("z", 1.0, None, 1, 1, words=COLUMNS),)
    theirs, ours = (read(one, edits=edits, before=("9,9",)) for one in (Regressors(Classifier()), other))
    for a, b in ((theirs, ours), (theirs.unedited, ours.unedited)):
        np.testing.assert_allclose(a.view.quantities["h"], b.view.quantities["h"], atol=1e-6)
        np.testing.assert_allclose(a.scores, b.scores, atol=1e-6)
    query = AttributionQuery(1, ReadQuery(URI, SERIES, step=3))
    *_, theirs = ask(Regressors(Classifier()), query)
    *_, ours = ask(other, query)
    np.testing.assert_allclose(theirs.integrated, ours.integrated, atol=1e-5)
    grown = other.read(ReadQuery(URI, SERIES + " 3,3", before=("9,9",)), 4)
    assert grown.view.max_error < 1e-6


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        (AttributionQuery(1, ReadQuery(URI, SERIES)), "subject_without_classes", "predicts no classes"),
        (AblationQuery(1, ReadQuery(URI, SERIES)), "subject_without_classes", "predicts no classes"),
        (ScoreQuery(1, 0, ""), "subject_without_linear_scores", "linear function"),
        (PathQuery(1, 0, ""), "subject_without_classes", "predicts no classes"),
    ],
)
def test_what_a_regressor_cannot_be_asked_is_refused_with_the_reason(reader, query, code, message):
    read(reader)
    (failure,) = ask(reader, query)
    assert isinstance(failure, Failure) and failure.code == code
    assert message in MESSAGES[code]


# ---------------------------------------------------------------- other readouts


def test_a_readout_that_is_not_linear_has_scores_but_no_products():
    subject = Classifier()
    assert capabilities(subject) == ("weights", "scores")
    reader = Regressors(subject)
    reading = read(reader, decomposition=True)
    np.testing.assert_allclose(np.exp(reading.scores).sum(axis=1), 1, atol=1e-6)
    assert {word.tag for word in reading.words} <= {"a", "b", "c"}
    assert reading.decomposition.scores is None
    (failure,) = ask(reader, ScoreQuery(1, 0, "a"))
    assert failure.code == "subject_without_linear_scores"
    *_, attribution = ask(reader, AttributionQuery(1, ReadQuery(URI, SERIES, step=3)))
    total = attribution.integrated.sum()
    assert total == pytest.approx(attribution.score - attribution.baseline, abs=1e-3)
    assert attribution.resolution > 0
    *_, ablation = ask(reader, AblationQuery(1, ReadQuery(URI, SERIES, step=3)))
    assert ablation.done == ablation.total and np.isfinite(ablation.units).all()


def test_the_analysis_of_any_readout():
    subject, readout = Classifier(), Classifier().readout
    net, x = main_module(subject), subject.inputs(COLUMNS)
    logits = readout.logits(net(x)[0][3, 0]).detach()
    score = TagScore(net, readout, x, 3, target_at("logit", 1, logits))
    assert gradients(score).score == pytest.approx(float(logits[1]), abs=1e-6)
    whole = next(one for one in ablations(net, readout, x, step=3, layer=0, direction=0) if one)
    torch.testing.assert_close(whole.logits[0], logits)


def test_a_subject_without_a_readout():
    subject = Bare()
    assert (capabilities(subject), output_names(subject)) == (("weights",), ())
    reading = read(Regressors(subject))
    assert reading.scores.shape == (4, 0) and reading.view.max_error < 1e-6
    with pytest.raises(UnsupportedError, match="no classes"):
        scored(subject)


# ---------------------------------------------------------------- taggers


def test_what_can_be_asked_of_a_preset():
    subject = load_preset("tutorial", None)
    assert capabilities(subject) == ("weights", "scores", "linear_scores")
    with pytest.raises(UnsupportedError, match="chain") as error:
        scored(subject, "chain")
    assert error.value.code == "subject_without_chain"


def test_the_recurrent_modules_of_a_tagger_by_path():
    subject = load_preset("english", None)
    assert [one.reads for one in subject.recurrents] == ["words", "characters"]
    assert recurrent_at(subject, "char_recurrent").module is subject.tagger.char_recurrent
    assert recurrent_at(subject, "") is not None and recurrent_at(subject, "").path == "recurrent"
    assert main_module(subject) is subject.tagger.recurrent


def test_the_batch_predictions_are_those_of_each_sentence():
    subject = load_preset("tutorial", None)
    sentences = [("The", "dog"), ("Everybody", "read", "that", "book")]
    whole = subject.predict(sentences)
    assert whole == [subject.predict([sentence])[0] for sentence in sentences]
    assert [len(row) for row in whole] == [2, 4]


# ---------------------------------------------------------------- URIs


def test_a_uri_names_a_preset_a_run_or_a_file(tmp_path):
    assert run_path(of_run(tmp_path)) == tmp_path == file_path(of_file(tmp_path))
    assert file_path(of_run(tmp_path)) is None is run_path(of_file(tmp_path))
    assert preset_name(of_preset("english")) == "english"
    assert run_path("preset:english") is None is preset_name("run:/a") is None is preset_name("english")
    reader = Reader()
    assert [model.uri for model in reader.models()][:2] == ["preset:tutorial", "preset:tutorial-gru"]
    assert reader.read(ReadQuery("preset:tutorial", "The dog"), 1).model.uri == "preset:tutorial"
    for uri in ("english", "other:/a.pt", ""):
        with pytest.raises(UnknownSubjectError, match=f"no model “{uri}”"):
            reader.load(uri, None)
    (failure,) = ask(reader, HistoryQuery("preset:tutorial", (0,), "a", "h"))
    assert (failure.code, failure.parameters) == ("subject_unknown", {"uri": "preset:tutorial"})
