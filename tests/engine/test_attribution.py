"""What is owed, as the window is answered: by a real reader, in order, and dropped when it is stale."""

import socket

import numpy as np
import pytest
import torch

from lstm_viz.analysis.attribution import gradients
from lstm_viz.analysis.integrated_gradients import integrated_gradients
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import Target
from lstm_viz.crf import LinearChain
from lstm_viz.engine import attribution
from lstm_viz.engine.attribution import attribute
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import serve
from lstm_viz.messages import Attribution, AttributionQuery, Hello, Progress, ReadQuery, SetValue
from lstm_viz.subjects.subject import main_module
from lstm_viz.tagging import presets
from lstm_viz.uris import of_preset
from lstm_viz.wire import Frames, decode_from_engine
from tests.engine.messages import delivered, sent
from tests.engine.untrained import Untrained

HOME = "The dog ate the apple"
LONG = "When she came home , the old man who had read the book was asleep , and nobody woke him ."


@pytest.fixture(scope="module")
def reader():
    return Reader()


class Altered(Reader):
    """Reads with a preset that somebody laid hands on."""

    def __init__(self, alter):
        super().__init__()
        self._alter = alter

    def load(self, name, epoch):
        subject = super().load(name, epoch)
        with torch.no_grad():
            self._alter(subject.tagger)
        return subject


def ask(reader, model="preset:tutorial", text=HOME, *, tag="", target="log_softmax", **read):
    return list(attribute(reader, AttributionQuery(3, ReadQuery(model, text, **read), tag, target)))


def test_the_quickest_answer_comes_first(reader):
    first, *_, last = ask(reader, step=2)
    assert (first.reading, first.step, first.tag) == (3, 2, "V")
    assert first.integrated is first.occlusion is first.without is first.completeness is None
    assert first.h_flow.shape == first.c_flow.shape == first.direct.shape == (5,) and not first.done
    assert last.done and last.integrated is not None and last.occlusion is not None
    assert last.words == tuple(HOME.split()) and (last.layer, last.direction) == (0, 0)


@pytest.mark.parametrize("model", [*map(of_preset, presets.names())])
def test_the_score_is_the_one_that_the_reading_shows(reader, model):
    reading = reader.read(ReadQuery(model, LONG), 1)
    for step in (0, 7, len(reading.words) - 1):
        *_, last = ask(reader, model, LONG, step=step)
        assert last.tag == reading.words[step].tag
        score = reading.scores[step][reading.model.tags.index(last.tag)]
        assert last.score == pytest.approx(float(score), abs=2e-5)
        rise = last.score - last.baseline
        assert abs(float(last.integrated.sum()) - rise) <= 2e-3
        assert last.completeness <= 1e-3
        assert np.isnan(last.occlusion[step]) and last.without[step] == ""
        assert np.isfinite(np.delete(last.occlusion, step)).all()


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:english", "preset:english-both"])
def test_a_margin_is_to_the_nearest_other_tag_of_the_reading(reader, model):
    reading = reader.read(ReadQuery(model, LONG), 1)
    for step, asked in ((0, ""), (7, ""), (7, reading.model.tags[0])):
        *_, last = ask(reader, model, LONG, step=step, tag=asked, target="margin")
        scores = dict(zip(reading.model.tags, reading.scores[step].astype(float), strict=True))
        own = scores.pop(last.tag)
        assert last.tag == (asked or reading.words[step].tag) and last.target == "margin"
        assert last.margin_to == max(scores, key=scores.get)
        assert last.score == pytest.approx(own - scores[last.margin_to], abs=5e-5)
        assert last.log_softmax == pytest.approx(own, abs=2e-5)
        assert last.completeness < 1e-3 and 0 < last.resolution < 1e-4
        assert abs(float(last.integrated.astype(float).sum()) - (last.score - last.baseline)) < 2e-3


def test_the_other_tag_of_a_margin_stays_when_a_word_is_left_out(reader):
    """Also where another would be nearer without it."""
    *_, last = ask(reader, "preset:english", LONG, step=15, target="margin")
    changed, words = 0, list(last.words)
    for gone in range(15):
        shorter = reader.read(ReadQuery("preset:english", " ".join(words[:gone] + words[gone + 1 :])), 4)
        scores = dict(zip(shorter.model.tags, shorter.scores[14].astype(float), strict=True))
        margin = scores[last.tag] - scores[last.margin_to]
        assert last.occlusion[gone] == pytest.approx(last.score - margin, abs=1e-4)
        nearest = max((tag for tag in scores if tag != last.tag), key=scores.get)
        changed += nearest != last.margin_to
    assert changed > 0


def test_a_logit_is_the_log_softmax_but_for_what_all_tags_have(reader):
    answers = [ask(reader, step=2, tag=tag, target="logit")[-1] for tag in ("DET", "NN", "V")]
    reading = reader.read(ReadQuery("preset:tutorial", HOME), 1)
    logits = np.array([answer.score for answer in answers])
    np.testing.assert_allclose(logits - np.log(np.exp(logits).sum()), reading.scores[2], atol=1e-5)
    assert {(answer.target, answer.margin_to) for answer in answers} == {("logit", "")}


def test_margin_is_what_is_asked_unless_something_else_is(reader):
    assert [*attribute(reader, AttributionQuery(3, ReadQuery("preset:tutorial", HOME, step=2)))][
        -1
    ].target == "margin"


@pytest.mark.parametrize(("kind", "target"), [("alone", "logit"), ("alone crf", "logit")])
def test_a_single_tag_has_no_margin_but_a_logit(kind, target):
    *_, last = attribute(Untrained(), AttributionQuery(3, ReadQuery(f"LSTM {kind}", HOME, step=2)))
    assert (last.tag, last.target, last.margin_to) == ("A", target, "")
    assert last.log_softmax == 0 and np.abs(last.integrated).max() > last.resolution > 0
    *_, flat = attribute(
        Untrained(), AttributionQuery(3, ReadQuery(f"LSTM {kind}", HOME, step=2), "", "log_softmax")
    )
    assert flat.score == 0 and not flat.gradient_input.any() and not flat.h_flow.any()


def test_the_margin_of_a_chain_is_that_of_the_word_by_itself(reader):
    reading = Untrained().read(ReadQuery("LSTM 2 crf", HOME), 1)
    *_, last = attribute(Untrained(), AttributionQuery(3, ReadQuery("LSTM 2 crf", HOME, step=2)))
    scores = dict(zip(reading.model.tags, reading.scores[2].astype(float), strict=True))
    assert last.tag == reading.words[2].tag
    assert last.score == pytest.approx(scores[last.tag] - scores[last.margin_to], abs=1e-5)


def test_of_a_saturated_tagger_the_margin_alone_tells():
    def saturate(tagger):
        tagger.hidden_to_tag.weight *= 100
        tagger.hidden_to_tag.bias *= 100

    reader = Altered(saturate)
    *_, flat = ask(reader, "preset:english", LONG, step=9)
    *_, margin = ask(reader, "preset:english", LONG, step=9, target="margin")
    for values in (flat.gradient_input, flat.h_flow, flat.c_flow, flat.direct):
        assert np.abs(values).max() < flat.resolution
    for values in (margin.gradient_input, margin.h_flow, margin.integrated):
        assert np.abs(values).max() > 100 * margin.resolution
    assert margin.completeness < 20 * margin.resolution


def test_it_is_the_analysis_of_that_sentence(reader):
    *_, last = ask(reader, "preset:english-both", LONG, step=5, tag="VERB", direction=1)
    sentence = reader.sentence(ReadQuery("preset:english-both", LONG, step=5))
    with torch.no_grad():
        x = sentence.subject.inputs(sentence.words)
    readout = sentence.subject.readout
    target = Target("log_softmax", readout.names.index("VERB"))
    score = TagScore(main_module(sentence.subject), readout, x, 5, target)
    np.testing.assert_array_equal(last.gradient_input, gradients(score).gradient_input)
    np.testing.assert_array_equal(last.h_flow, gradients(score, direction=1).h_flow)
    np.testing.assert_allclose(last.integrated, integrated_gradients(score).values, atol=1e-5)
    assert last.tag == "VERB" and last.direction == 1


def test_without_a_word_it_is_the_reading_of_the_others(reader):
    *_, last = ask(reader, "preset:english", LONG, step=9)
    words = list(last.words)
    for gone in (0, 3, 8):
        rest = " ".join(words[:gone] + words[gone + 1 :])
        shorter = reader.read(ReadQuery("preset:english", rest), 4)
        place = shorter.model.tags.index(last.tag)
        assert last.occlusion[gone] == pytest.approx(last.score - float(shorter.scores[8][place]), abs=1e-4)
        assert last.without[gone] == shorter.words[8].tag


def test_the_state_before_is_where_it_starts(reader):
    plain, carried = (ask(reader, step=0, before=before)[0] for before in (None, ("",)))
    assert plain.score != pytest.approx(carried.score, abs=1e-3)
    reading = reader.read(ReadQuery("preset:tutorial", HOME, before=("",)), 1)
    place = reading.model.tags.index(carried.tag)
    assert carried.score == pytest.approx(float(reading.scores[0][place]), abs=1e-5)


def test_edits_hold(reader):
    edits = (SetValue("f", 0.0, None, 2, 2),)
    *_, last = ask(reader, step=4, edits=edits)
    reading = reader.read(ReadQuery("preset:tutorial", HOME, edits=edits), 1)
    assert last.tag == reading.words[4].tag
    place = reading.model.tags.index(last.tag)
    assert last.score == pytest.approx(float(reading.scores[4][place]), abs=1e-5)
    assert not last.direct[:2].any() and last.direct[2:].all()


@pytest.mark.parametrize("tag", ["", "no such tag", "VERBOSE"])
def test_a_tag_that_the_model_has_not_is_the_words_own(reader, tag):
    assert ask(reader, step=1, tag=tag)[-1].tag == "NN"
    assert ask(reader, step=1, tag="V")[-1].tag == "V"


def test_places_beyond_the_net_are_clamped(reader):
    *_, last = ask(
        reader, "preset:english-both", "a b", step=9, layer=7, direction=7, module="char_recurrent"
    )
    assert (last.step, last.layer, last.direction) == (1, 0, 1)
    *_, last = ask(reader, "preset:english-both", "a b", step=-9, layer=-7, direction=-7)
    assert (last.step, last.layer, last.direction) == (0, 0, 0)


def test_the_own_tag_of_a_chain_is_that_of_its_best_path():
    def chained(tagger):
        tagger.chain = LinearChain(3)
        tagger.chain.transitions[1, 2] = -20.0

    reader = Altered(chained)
    reading = reader.read(ReadQuery("preset:tutorial", HOME), 1)
    by_itself = reading.model.tags[int(reading.scores[2].argmax())]
    *_, last = ask(reader, step=2)
    assert last.tag == reading.words[2].tag != by_itself
    assert last.score == pytest.approx(float(reading.scores[2][reading.model.tags.index(last.tag)]), abs=1e-6)
    shorter = reader.read(ReadQuery("preset:tutorial", "The dog the apple"), 2)
    assert ask(reader, step=4)[-1].without[2] == shorter.words[3].tag


def test_what_is_no_number_is_said():
    def broken(tagger):
        tagger.recurrent.weight_hh_l0[0, 0] = torch.nan

    assert ask(Altered(broken), step=2, target="margin")[0].target == "margin"
    only, *more = ask(Altered(broken), step=2)
    assert only.tag == "NaN" and only.done and not more
    assert np.isnan(only.gradient_input).all() and np.isnan(only.score)
    assert np.isnan(only.h_flow).all() and np.isnan(only.c_flow).all() and np.isnan(only.direct).all()
    *_, asked = ask(Altered(broken), step=2, tag="V")
    assert asked.tag == "V" and np.isnan(asked.integrated).any() and np.isnan(asked.occlusion).all()
    assert asked.done and np.isnan(asked.completeness)


def test_no_words_are_owed_nothing(reader):
    assert ask(reader, text="  ") == []
    (*_, one) = ask(reader, text="dog")
    assert one.integrated.shape == (1,) and np.isnan(one.occlusion).all() and one.without == ("",)


def test_what_would_take_too_long_is_left_out(reader, monkeypatch):
    monkeypatch.setattr(attribution, "MOST_WORK", 1e3)
    first, last = ask(reader, "preset:english", LONG, step=9)
    assert last.done and last.integrated is last.occlusion is None
    np.testing.assert_array_equal(first.h_flow, last.h_flow)


def test_answers_go_over_the_wire(reader):
    for answer in ask(reader, step=2):
        back = delivered(answer)
        assert isinstance(back, Attribution) and back.without == answer.without and back.done == answer.done
        np.testing.assert_array_equal(back.direct, answer.direct)


def test_a_replaced_question_is_left_where_it_is(monkeypatch):
    """In this process, so that it is certain when the newer question comes."""
    monkeypatch.setattr(attribution, "_REPEAT_SECONDS", 0.0)
    window, engine = socket.socketpair()
    with window, engine:
        window.settimeout(300)
        asked = AttributionQuery(7, ReadQuery("preset:tutorial", HOME, step=2))
        integrations, begun = attribution.integrations, []

        def integrate_and_be_asked(score, **options):
            begun.append(score)
            if len(begun) == 1:
                window.sendall(sent(2, asked))
                window.shutdown(socket.SHUT_WR)
            return integrations(score, **options)

        monkeypatch.setattr(attribution, "integrations", integrate_and_be_asked)
        window.sendall(sent(1, asked))
        serve(engine, Reader())
        engine.shutdown(socket.SHUT_WR)
        said = [decode_from_engine(body) for body in Frames().feed(_all_of(window))]
    got = [one for one in said if not isinstance(one, Progress)]
    assert isinstance(got[0], Hello)
    assert all(isinstance(one.result, Attribution) for one in got[1:])
    assert [(one.number, one.result.done) for one in got[1:3]] == [(1, False)] * 2
    first = [one.result for one in got[1:] if one.number == 1]
    assert not any(one.integrated is not None or one.done for one in first)


def _all_of(connection):
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)
