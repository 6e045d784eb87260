import json

import numpy as np
import pytest

from lstm_viz.engine.nbytes import nbytes_of
from lstm_viz.engine.reader import MAX_WORDS, Reader
from lstm_viz.messages import GateQuery, ReadQuery
from lstm_viz.tagging import presets
from lstm_viz.tagging.presets import PresetError, names
from lstm_viz.uris import of_preset

SENTENCE = "The dog ate the apple"


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture(scope="module")
def printed(request):
    folder = request.getfixturevalue("data")
    return json.loads((folder / "tutorial.json").read_text())


def test_the_tutorials_scores_are_read(reader, printed):
    after = reader.read(ReadQuery("preset:tutorial", SENTENCE), 1).scores
    before = reader.read(ReadQuery("preset:tutorial", SENTENCE, epoch=0), 2).scores
    np.testing.assert_allclose(after, printed["tutorial_tagger"]["after"], atol=5.1e-5)
    np.testing.assert_allclose(before, printed["tutorial_tagger"]["before"], atol=5.1e-5)


def test_the_state_of_the_sentence_before_is_carried_on(reader, printed):
    reading = reader.read(ReadQuery("preset:tutorial", SENTENCE, before=("",)), 1)
    np.testing.assert_allclose(reading.scores, printed["tutorial_tagger_stateful"]["after"], atol=5.1e-5)
    assert reading.before == "Everybody read that book"


def test_a_sentence_before_of_ones_own_changes_the_state(reader):
    plain = reader.read(ReadQuery("preset:tutorial", SENTENCE), 1)
    carried = reader.read(ReadQuery("preset:tutorial", SENTENCE, before=("read that book",)), 2)
    once = reader.read(ReadQuery("preset:tutorial", "read that book " + SENTENCE), 3)
    assert not np.allclose(plain.scores, carried.scores, atol=1e-3)
    np.testing.assert_allclose(carried.scores, once.scores[3:], atol=1e-5)
    np.testing.assert_allclose(carried.view.start["h"], once.view.quantities["h"][2], atol=1e-6)


@pytest.mark.parametrize("model", [*map(of_preset, names())])
def test_typing_on_gives_the_numbers_of_reading_at_once(model):
    """What was kept of the sentence so far must be what reading it anew computes."""
    text = "The dog didn't eat that apple, and everybody read the book."
    typing = Reader()
    edits = [text[:n] for n in range(1, len(text) + 1)] + [
        text[:30],
        text[:30] + " ate" + text[30:],
        "Zebra " + text,
    ]
    for number, edit in enumerate(edits):
        grown = typing.read(ReadQuery(model, edit), number)
        if number % 9 == 0 or number >= len(edits) - 3:
            fresh = Reader().read(ReadQuery(model, edit), number)
            assert [word.tag for word in grown.words] == [word.tag for word in fresh.words]
            np.testing.assert_allclose(grown.scores, fresh.scores, atol=2e-5)
            for name, values in fresh.view.quantities.items():
                np.testing.assert_allclose(grown.view.quantities[name], values, atol=1e-5)
            assert grown.view.max_error <= 1e-5


def test_sentences_before_are_read_one_after_the_other(reader):
    chain = reader.read(ReadQuery("preset:english", "they left", before=("The dog ate .", "We saw it .")), 1)
    once = reader.read(ReadQuery("preset:english", "The dog ate . We saw it . they left"), 2)
    np.testing.assert_allclose(chain.scores, once.scores[-2:], atol=1e-5)
    assert chain.before == "We saw it ."


def test_many_sentences_before_are_read_once():
    """The whole chain, from a fresh engine; then one more sentence costs one more reading."""
    chain = ("", *(f"the dog ate {'that ' * (n % 3)}book" for n in range(199)))
    fresh, grown = Reader(), Reader()
    for n in (1, 150, 199):
        grown.read(ReadQuery("preset:tutorial", SENTENCE, before=chain[:n]), n)
    ours = grown.read(ReadQuery("preset:tutorial", SENTENCE, before=chain), 200).view
    np.testing.assert_allclose(
        ours.start["h"], fresh.read(ReadQuery("preset:tutorial", SENTENCE, before=chain), 1).view.start["h"]
    )
    assert not np.allclose(
        ours.start["h"],
        grown.read(ReadQuery("preset:tutorial", SENTENCE, before=chain[:-1]), 201).view.start["h"],
    )


def test_a_state_of_zero_is_not_called_carried_on(reader):
    assert reader.read(ReadQuery("preset:tutorial", SENTENCE, epoch=0, before=("",)), 1).before is None
    assert reader.read(ReadQuery("preset:english", SENTENCE, before=("\u200b",)), 2).before is None


def test_an_epoch_that_a_model_has_not_is_its_last(reader):
    assert reader.read(ReadQuery("preset:tutorial", SENTENCE, epoch=7), 1).epoch == 300


def test_a_preset_is_kept_once_whatever_epochs_it_has_not(monkeypatch):
    loaded = []
    load = presets.load
    monkeypatch.setattr(presets, "load", lambda *asked: loaded.append(asked) or load(*asked))
    reader = Reader()
    for number, epoch in enumerate((None, 7, 13, 300, None, *range(1, 60, 2), 300), 1):
        assert reader.read(ReadQuery("preset:tutorial", SENTENCE, epoch=epoch), number).epoch == 300
    assert loaded == [("tutorial", None)]


def test_a_pass_weighs_in_a_cache_what_it_holds():
    reader, long = Reader(), " ".join(["dog"] * 300)
    reader.read(ReadQuery("preset:tutorial", long), 1)
    (done,) = [reader._passes.get(key) for key in reader._passes]
    assert done.trace.f.nbytes * 6 < nbytes_of(done) == reader._passes.nbytes


def test_the_caret_picks_the_step(reader):
    for caret, step in ((0, 0), (1, 0), (4, 0), (5, 1), (9, 2), (len(SENTENCE), 4)):
        assert reader.read(ReadQuery("preset:tutorial", SENTENCE, caret=caret), 1).step == step


def test_places_beyond_the_sentence_are_clamped(reader):
    reading = reader.read(
        ReadQuery("preset:english-both", "a b", step=9, unit=9999, layer=7, direction=7, module="nowhere"), 1
    )
    assert (reading.step, reading.column) == (1, 1)
    assert reading.view.direction == 1 and reading.view.layer == 0
    assert reading.gate_arithmetic.unit == reading.view.module.hidden_size - 1
    reading = reader.read(
        ReadQuery("preset:english-both", "a b", step=-9, unit=-9, layer=-7, direction=-7), 2
    )
    assert (reading.step, reading.column, reading.gate_arithmetic.unit) == (0, 0, 0)
    assert (reading.view.layer, reading.view.direction) == (0, 0)


def test_the_character_net_shows_the_characters_of_the_word_at_the_step(reader):
    reading = reader.read(ReadQuery("preset:english", "I saw zebras", step=2, module="char_recurrent"), 1)
    assert reading.view.columns == tuple("zebras")
    whole = reader.read(ReadQuery("preset:english", "I saw zebras"), 2)
    words, characters = whole.view.parts
    assert characters[1] == reading.view.module.hidden_size
    last = reading.view.quantities["h"][-1]
    np.testing.assert_allclose(whole.view.x[2, words[1] :], last, atol=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u2028"])
def test_no_words_are_an_answer_too(reader, text):
    reading = reader.read(ReadQuery("preset:tutorial", text), 1)
    assert reading.words == () and reading.view is None and reading.gate_arithmetic is None


def test_a_hundred_thousand_words_are_bounded_and_counted():
    reading = Reader().read(ReadQuery("preset:english", "word " * 100_000), 1)
    assert len(reading.words) == MAX_WORDS and reading.total_words == 100_000


@pytest.mark.parametrize(
    "text", ["😀👨‍👩‍👧", "مرحبا بالعالم", "漢字", "<img src=x>", "\ufffd", "a\u0301\u200d"]
)
def test_any_script_is_read(reader, text):
    for model in ("preset:tutorial", "preset:english"):
        reading = reader.read(ReadQuery(model, text), 1)
        assert reading.words and np.isfinite(reading.scores).all()


def test_an_unknown_word_is_marked(reader):
    assert [word.known for word in reader.read(ReadQuery("preset:tutorial", "The zebra ate"), 1).words] == [
        True,
        False,
        True,
    ]


def test_what_is_no_model_is_refused(reader):
    with pytest.raises(PresetError):
        reader.read(ReadQuery("preset:nonsense", "a"), 1)


def test_an_explanation_belongs_to_its_reading(reader):
    reading = reader.read(ReadQuery("preset:tutorial", SENTENCE), 5)
    assert reader.gate_arithmetic(GateQuery(5, 2, 3)).gates
    assert reader.gate_arithmetic(GateQuery(4, 2, 3)) is None
    assert reader.gate_arithmetic(GateQuery(5, 9, 3)) is None
    assert reader.gate_arithmetic(GateQuery(5, 2, 6)) is None
    assert reading.number == 5
