"""What the engine answers to an `AblationQuery`: about the reading in front, a better answer after each."""

import socket
import threading
from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from lstm_viz.analysis import ablation
from lstm_viz.crf import LinearChain
from lstm_viz.engine import ablation as engine_ablation
from lstm_viz.engine.ablation import ablate
from lstm_viz.engine.attribution import attribute
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import serve
from lstm_viz.messages import (
    Ablation,
    AblationQuery,
    AttributionQuery,
    Cancel,
    Hello,
    Progress,
    ReadQuery,
    SetValue,
)
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging import presets
from lstm_viz.wire import Frames, decode_from_engine, encode
from tests.engine.messages import sent
from tests.engine.untrained import Untrained

TEXT, STEP = "The dog ate the apple", 2


@pytest.fixture(scope="module")
def reader():
    return Reader()


def answers(reader, tag="", model="preset:tutorial", text=TEXT, *, target="log_softmax", **read):
    query = ReadQuery(model, text, **{"step": STEP, **read})
    return reader.read(query, 9), list(ablate(reader, AblationQuery(9, query, tag, target)))


@pytest.mark.parametrize(
    "model", ["preset:tutorial", "preset:tutorial-gru", "preset:tutorial-rnn", "preset:english-both"]
)
def test_the_answer_is_about_the_reading_in_front(reader, model):
    reading, got = answers(reader, model=model)
    first, last = got[0], got[-1]
    module = reading.view.module
    assert {(a.reading, a.step, a.tag) for a in got} == {(9, STEP, reading.words[STEP].tag)}
    score = reading.scores[STEP, reading.model.tags.index(last.tag)]
    assert all(abs(a.score - score) < 1e-5 for a in got)
    assert (first.done, np.isnan(first.units).all(), set(first.tags)) == (0, True, {""})
    assert last.done == last.total == module.hidden_size * (1 + len(last.gates)) + len(last.gates)
    assert last.gates == {"LSTM": ("i", "f", "g", "o"), "GRU": ("r", "z", "n"), "RNN": ()}[module.kind.name]
    assert last.gates_of_units.shape == (len(last.gates), module.hidden_size)
    for known in (last.units, last.whole_gates, last.gates_of_units):
        assert np.isfinite(known).all()
    assert set(last.tags) | set(last.gate_tags) <= set(reading.model.tags)


def test_a_unit_is_off_as_an_edit_switches_it_off(reader):
    """The same number by another way: the reading with h = 0 set by hand."""
    reading, got = answers(reader, tag="NN")
    column = reading.model.tags.index("NN")
    for unit in range(6):
        edited = reader.read(
            ReadQuery("preset:tutorial", TEXT, step=STEP, edits=(SetValue("h", 0.0, unit),)), 8
        )
        change = edited.scores[STEP, column] - reading.scores[STEP, column]
        assert got[-1].units[unit] == pytest.approx(change, abs=1e-5)
        assert got[-1].tags[unit] == edited.words[STEP].tag
    for place, (gate, value) in enumerate((("i", 0.0), ("f", 1.0), ("g", 0.0), ("o", 0.0))):
        edited = reader.read(ReadQuery("preset:tutorial", TEXT, step=STEP, edits=(SetValue(gate, value),)), 8)
        change = edited.scores[STEP, column] - reading.scores[STEP, column]
        assert got[-1].whole_gates[place] == pytest.approx(change, abs=1e-5)
        assert got[-1].gate_tags[place] == edited.words[STEP].tag


def test_a_margin_is_to_the_same_tag_whatever_is_off(reader):
    reading, got = answers(reader, target="margin")
    last, tags = got[-1], list(reading.model.tags)
    scores = dict(zip(tags, reading.scores[STEP].astype(float), strict=True))
    assert last.margin_to == max((tag for tag in tags if tag != last.tag), key=scores.get)
    assert last.score == pytest.approx(scores[last.tag] - scores[last.margin_to], abs=1e-5)
    assert last.log_softmax == pytest.approx(scores[last.tag], abs=1e-6) and last.target == "margin"
    for unit in range(6):
        edited = reader.read(
            ReadQuery("preset:tutorial", TEXT, step=STEP, edits=(SetValue("h", 0.0, unit),)), 8
        )
        row = dict(zip(tags, edited.scores[STEP].astype(float), strict=True))
        change = row[last.tag] - row[last.margin_to] - last.score
        assert last.units[unit] == pytest.approx(change, abs=1e-5)
    assert 0 < last.resolution < 1e-5


def test_both_kinds_of_answer_are_about_the_same_number(reader):
    for target in ("margin", "logit", "log_softmax"):
        query = ReadQuery("preset:english", TEXT, step=STEP)
        *_, ablation = ablate(reader, AblationQuery(9, query, "", target))
        *_, attribution = attribute(reader, AttributionQuery(8, query, "", target))
        assert (ablation.tag, ablation.target, ablation.margin_to) == (
            attribution.tag,
            attribution.target,
            attribution.margin_to,
        )
        assert ablation.score == pytest.approx(attribution.score, abs=1e-5)
        assert ablation.resolution == pytest.approx(attribution.resolution, rel=1e-3)


def test_of_a_saturated_tagger_the_margin_alone_ranks():
    def saturate(tagger):
        tagger.hidden_to_tag.weight *= 100
        tagger.hidden_to_tag.bias *= 100

    (*_, flat), (*_, margin), (*_, exact) = (
        answers(reader, model="preset:english", step=1, target=target)[1]
        for reader, target in (
            (Changed(saturate), "log_softmax"),
            (Changed(saturate), "margin"),
            (Changed(lambda tagger: (saturate(tagger), _double(tagger))), "margin"),
        )
    )
    assert np.abs(flat.units).max() < flat.resolution and set(flat.tags) == {flat.tag}
    assert np.abs(margin.units).max() > 1000 * margin.resolution
    assert np.abs(margin.units - exact.units).max() < margin.resolution
    order = np.argsort(-np.abs(margin.units))
    assert (np.diff(np.abs(exact.units)[order]) < 2 * margin.resolution).all()


def _double(tagger):
    """Compute in float64, with the float32 weights."""
    for module in tagger.children():
        module.double()


def test_a_single_tag_has_no_margin_but_a_logit():
    *_, last = ablate(Untrained(), AblationQuery(7, ReadQuery("GRU alone", TEXT, step=STEP)))
    assert (last.tag, last.target, last.margin_to, last.log_softmax) == ("A", "logit", "", 0)
    assert np.abs(last.units).max() > last.resolution
    *_, flat = ablate(
        Untrained(), AblationQuery(7, ReadQuery("GRU alone", TEXT, step=STEP), "", "log_softmax")
    )
    assert flat.score == 0 and not flat.units.any() and not flat.whole_gates.any()


def test_the_other_tag_stays_though_another_is_nearer_with_something_off(reader):
    """Of the answers by hand, at least one has another nearest tag: a maximum would have a corner there."""
    reading, got = answers(reader, model="preset:english", target="margin")
    last, tags = got[-1], list(reading.model.tags)
    nearest = set()
    for place, (gate, value) in enumerate((("i", 0.0), ("f", 1.0), ("g", 0.0), ("o", 0.0))):
        edited = reader.read(ReadQuery("preset:english", TEXT, step=STEP, edits=(SetValue(gate, value),)), 8)
        row = dict(zip(tags, edited.scores[STEP].astype(float), strict=True))
        nearest.add(max((tag for tag in tags if tag != last.tag), key=row.get))
        change = row[last.tag] - row[last.margin_to] - last.score
        assert last.whole_gates[place] == pytest.approx(change, abs=1e-4)
    assert nearest - {last.margin_to}


def test_edits_hold_while_units_are_switched_off(reader):
    edit = SetValue("h", 0.0, 4, words=tuple(TEXT.split()))
    reading, got = answers(reader, edits=(edit,))
    _, without = answers(reader)
    assert got[-1].score == pytest.approx(
        float(reading.scores[STEP, reading.model.tags.index(got[-1].tag)]), abs=1e-5
    )
    assert abs(got[-1].units[4]) < got[-1].resolution  # read alone and in a batch
    assert abs(without[-1].units[4]) > 0.1


def test_it_starts_from_the_state_that_is_carried_on(reader):
    reading, got = answers(reader, before=("They read that book",), step=0)
    assert got[-1].score == pytest.approx(
        float(reading.scores[0, reading.model.tags.index(got[-1].tag)]), abs=1e-5
    )
    _, fresh = answers(reader, step=0)
    assert not np.allclose(got[-1].units, fresh[-1].units, atol=1e-4)


def test_any_tag_may_be_asked_about_and_an_unknown_one_is_the_words_own(reader):
    assert answers(reader, tag="DET")[1][-1].tag == "DET"
    assert answers(reader, tag="<b>")[1][-1].tag == "V"


def test_places_beyond_the_net_are_clamped(reader):
    (last,) = answers(reader, layer=9, direction=1, step=99)[1][-1:]
    assert (last.layer, last.direction, last.step) == (0, 0, 4)
    assert answers(reader, model="preset:english-both", direction=1)[1][-1].direction == 1
    (last,) = answers(reader, layer=-1, direction=-1, step=-1)[1][-1:]
    assert (last.layer, last.direction, last.step) == (0, 0, 0)


def test_one_word_and_none(reader):
    assert answers(reader, text="dog", step=0)[1][-1].done == 34
    assert answers(reader, text="")[1] == []


def test_while_nothing_new_is_found_the_same_is_answered_again(reader, monkeypatch):
    monkeypatch.setattr(engine_ablation, "_REPEAT_SECONDS", 0.0)
    _, got = answers(reader)
    assert [a.tag for a in got[:3]] == ["", "", ""]
    assert np.isnan(got[0].score)
    assert [a.done for a in got] == sorted(a.done for a in got)
    assert len(got) == 2 * (STEP + 1) + 2


class Changed(Reader):
    """Reads with the tutorial's tagger, to which something is done."""

    def __init__(self, change):
        super().__init__()
        self._change = change

    def load(self, name, epoch):
        subject = super().load(name, epoch)
        with torch.no_grad():
            self._change(subject.tagger)
        return subject


def test_broken_weights_are_said_to_be_broken():
    def break_(tagger):
        tagger.hidden_to_tag.bias[1] = torch.nan

    reading, got = answers(Changed(break_))
    assert got[-1].tag == reading.words[STEP].tag == "NaN"
    assert np.isnan(got[-1].score) and np.isnan(got[-1].units).all()
    assert set(got[-1].tags) == set(got[-1].gate_tags) == {"NaN"}
    assert got[-1].done == got[-1].total


def test_with_a_chain_the_tags_are_those_of_the_best_path():
    def lay(tagger):
        tagger.chain = LinearChain(3)
        tagger.chain.transitions[1, 2] = -20.0

    reading, got = answers(Changed(lay))
    assert reading.trellis is not None
    own = reading.words[STEP].tag
    assert own != reading.model.tags[int(reading.scores[STEP].argmax())]
    assert got[-1].tag == own
    assert got[-1].score == pytest.approx(
        float(reading.scores[STEP, reading.model.tags.index(own)]), abs=1e-5
    )


def test_layers_below_the_top_have_their_say():
    def deepen(tagger):
        torch.manual_seed(0)
        tagger.recurrent = nn.GRU(6, 6, num_layers=2).eval()

    for layer in (0, 1):
        _, got = answers(Changed(deepen), layer=layer)
        assert (got[-1].layer, got[-1].gates) == (layer, ("r", "z", "n"))
        assert np.abs(got[-1].units).max() > 1e-3


# ---------------------------------------------------------------- over the socket


@pytest.fixture
def served(monkeypatch):
    """Return our end of a socket to an engine that needs many batches, one copy each."""
    monkeypatch.setattr(ablation, "_MOST_COPIES", 1)
    ours, theirs = socket.socketpair()
    engine = threading.Thread(target=serve, args=(theirs, Large()))
    engine.start()
    ours.settimeout(300)
    try:
        yield ours
    finally:
        ours.shutdown(socket.SHUT_WR)  # nothing more will be asked; what is answered is still taken
        engine.join(20)
        ours.close()
        theirs.close()


class Large(Reader):
    """Reads with 600 units; the name of its model says how they begin."""

    def load(self, name, epoch):
        preset = presets.load("tutorial")
        torch.manual_seed(0)
        preset.tagger.recurrent = nn.LSTM(6, 600).eval()
        preset.tagger.hidden_to_tag = nn.Linear(600, 3)
        sizes = replace(preset.settings.sizes, hidden_size=600)
        settings = msgspec.structs.replace(preset.settings, sizes=sizes)
        return TaggerSubject(name, replace(preset, settings=settings))


def _messages(connection):
    """Yield what is said, but for the words that it is under way."""
    frames = Frames()
    while True:
        for body in frames.feed(connection.recv(1 << 16)):
            answer = decode_from_engine(body)
            if not isinstance(answer, Progress):
                yield answer


def test_a_newer_question_takes_the_place_of_an_older_one(served):
    got = _messages(served)
    assert isinstance(next(got), Hello)
    read = ReadQuery("large", TEXT, step=STEP)
    served.sendall(sent(2, AblationQuery(1, read)))
    assert next(got).number == 2
    served.sendall(sent(3, AblationQuery(1, msgspec.structs.replace(read, step=1))))
    older = 0
    while (answer := next(got)).number == 2:
        older += 1
        assert answer.result.is_partial
    assert (answer.number, answer.result.step) == (3, 1)
    assert older < answer.result.total // 2


def test_none_ends_it_and_typing_is_answered_between(served):
    got = _messages(served)
    next(got)
    read = ReadQuery("large", TEXT, step=STEP)
    served.sendall(sent(2, AblationQuery(1, read)))
    assert next(got).number == 2
    served.sendall(encode(Cancel(2)) + sent(4, ReadQuery("large", "The dog")))
    before = []
    while isinstance((answer := next(got)).result, Ablation):
        before.append(answer.result)
    assert answer.number == 4 and len(answer.result.words) == 2
    assert all(known.done < known.total // 2 for known in before)
