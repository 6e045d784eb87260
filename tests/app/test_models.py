"""The chooser of models, their epochs, modules, layers and directions, and what the tutorial printed."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from lstm_viz.uris import of_run
from tests.runs_support import write_run

QUANTITIES = {"preset:tutorial": "figoch", "preset:tutorial-gru": "rznh", "preset:tutorial-rnn": "h"}


@pytest.fixture(scope="session")
def printed(data):
    """Return the numbers that the tutorial prints."""
    return json.loads((data / "tutorial.json").read_text())


def _on_screen(person):
    """Return the scores that the table shows, and check that the bars show the same."""
    model, rows = person.page.table.model, []
    for step in range(model.rowCount()):
        person.session.state.step_to(step)
        person.settle()
        rows.append([float(model.text(step, k).replace("−", "-")) for k in (3, 4, 5)])
        bars = [round(score, 4) for _, score in person.page.scores.rows()]
        assert np.abs(np.array(bars) - rows[-1]).max() < 1e-6
    return np.array(rows)


def _agrees(shown, expected):
    assert np.abs(shown - np.array(expected)).max() <= 1.01e-4
    assert np.abs(shown - np.array(expected)).mean() <= 2e-5


def test_the_tutorials_numbers_stand_on_the_screen(person, printed):
    epoch = person.content.top_bar.epoch
    assert (person.reading.model.epochs[0], person.reading.model.epochs[-1]) == (0, 300)
    assert person.content.top_bar.epoch_label.text() == "300" and epoch.value() == epoch.maximum()
    _agrees(_on_screen(person), printed["tutorial_tagger"]["after"])
    epoch.setFocus()
    person.presses(Qt.Key.Key_Home, on=epoch)
    assert person.content.top_bar.epoch_label.text() == "0" == str(person.reading.epoch)
    _agrees(_on_screen(person), printed["tutorial_tagger"]["before"])


def test_the_state_is_carried_on_as_the_tutorial_does(person, printed):
    person.clicks(person.page.choosers.carry, QPoint(12, 15))
    assert person.page.choosers.carry.text() == "Carried over from training: “Everybody read that book”"
    _agrees(_on_screen(person), printed["tutorial_tagger_stateful"]["after"])
    assert np.abs(person.reading.view.start["c"]).max() > 0.01


def test_the_epoch_slider_moves_the_numbers_a_step_at_a_time(person):
    epoch = person.content.top_bar.epoch
    epoch.setFocus()
    seen = {300: person.reading.scores.copy()}
    for _ in range(3):
        person.presses(Qt.Key.Key_Left, on=epoch)
        seen[person.reading.epoch] = person.reading.scores.copy()
        assert person.content.top_bar.epoch_label.text() == str(person.reading.epoch)
    assert len(seen) == 4
    confidence = [seen[epoch][0, 0] for epoch in sorted(seen)]
    assert confidence == sorted(confidence)


def test_the_chooser_lists_every_model(person):
    chooser = person.content.top_bar.model
    names = [chooser.itemData(k) for k in range(chooser.count())]
    assert names == [
        "preset:tutorial",
        "preset:tutorial-gru",
        "preset:tutorial-rnn",
        "preset:english",
        "preset:english-both",
    ]
    assert len({chooser.itemText(k) for k in range(chooser.count())}) == 5
    assert chooser.currentData() == "preset:tutorial"


@pytest.mark.parametrize("name", QUANTITIES)
def test_each_cell_shows_its_own_quantities(person, name):
    person.picks_model(name)
    heatmaps = person.page.matrix.heatmaps
    assert set(heatmaps.names()) == set(QUANTITIES[name])
    assert set(person.page.step_panel._values.numbers) >= set(QUANTITIES[name])
    assert person.tags == ["DET", "NN", "V", "DET", "NN"]
    assert person.content.top_bar.model.currentData() == name
    person.window.grab()


def test_an_unknown_word_is_one_click_from_english(person):
    status_line = person.page.status_line
    assert not status_line.button.isVisible()
    person.writes("The cat sat here")
    assert status_line.text == "“cat” and 2 more are not in the vocabulary."
    assert status_line.button.text() == "Read with English"
    person.clicks(status_line.button)
    assert person.reading.model.uri == "preset:english"
    assert person.content.top_bar.model.currentData() == "preset:english"
    assert person.tags == ["DET", "NOUN", "VERB", "ADV"]
    assert person.page.editor.toPlainText() == "The cat sat here"
    assert status_line.text == "" and not status_line.button.isVisible()
    assert not person.content.top_bar.epoch.isVisible()


def test_a_net_without_gates_says_that_its_hidden_states_agree(person):
    person.resizes(1600, 1000)  # there is room for all of it
    agreement = person.page.badge.agreement
    assert agreement.text().startswith("gates agree with torch: max |Δh| ")
    person.picks_model("preset:tutorial-rnn")
    assert agreement.text().startswith("hidden states agree with torch: max |Δh| ")


def test_a_run_names_its_unknown_words_as_a_bundled_model_does(person, tmp_path):
    person.session.state.pick_model(of_run(write_run(tmp_path / "mine", checkpoints=True)))
    person.settle()
    person.writes("The cat sat here")
    assert "not in the vocabulary." in person.page.status_line.text
    assert not person.page.status_line.button.isVisible(), "another model need not know its language"


def test_a_quantity_alone_has_a_way_back_in_view(person):
    state, button = person.session.state, person.page.all_button
    assert not button.isVisible()
    state.change(alone="f")
    assert person.page.matrix.heatmaps.names() == ("f",) and button.isVisible()
    person.clicks(button)
    assert state.selection.alone == "" and not button.isVisible()
    state.change(alone="f")
    person.picks_model("preset:tutorial-gru")
    assert not button.isVisible(), "a GRU has no f: all of its quantities are shown"


def test_english_reads_the_characters_of_a_word(person):
    person.picks_model("preset:english")
    choosers = person.page.choosers
    assert choosers.module.count() == 2 and choosers.module.isVisible() and not choosers.word.isVisible()
    person.session.state.step_to(4)
    person.settle()
    words = person.reading.words
    _choose(person, choosers.module, 1)
    assert person.reading.view.columns == tuple("apple")
    assert choosers.word.text() == "characters of “apple”"
    assert person.page.transport.label.text() == "character 5 of 5"
    assert person.page.step_panel.title.text() == "Character 5 · “e”"
    assert person.page.matrix.chips.describe(1) == "p"
    assert person.band("h").values.shape[0] == 5
    assert person.reading.words == words
    person.presses(Qt.Key.Key_Home)
    assert person.page.step_panel.title.text() == "Character 1 · “a”"
    assert person.page.scores._title() == "Tag scores · “apple”"
    person.bot.keyClick(person.window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    person.settle()
    assert person.reading.view.columns == tuple("the")
    _choose(person, choosers.module, 0)
    assert person.reading.view.columns == ("The", "dog", "ate", "the", "apple")
    assert person.session.state.column == 3 and not choosers.word.isVisible()


def test_a_row_of_the_table_opens_the_characters_of_its_word(person):
    person.picks_model("preset:english")
    _choose(person, person.page.choosers.module, 1)
    view = person.page.table.view
    person.clicks(view.viewport(), view.visualRect(view.model().index(1, 0)).center())
    assert person.reading.view.columns == tuple("dog")


def test_both_directions_can_be_selected(person):
    person.picks_model("preset:english-both")
    direction = person.page.choosers.direction
    assert [direction.itemText(k) for k in range(2)] == ["forward", "backward"]
    forward = person.band("h").values.copy()
    _choose(person, direction, 1)
    assert person.reading.view.direction == 1
    assert not np.allclose(person.band("h").values, forward)
    person.session.state.step_to(4)
    person.settle()
    assert np.allclose(person.page.step_panel._values.h_before, person.reading.view.start["h"])
    person.picks_model("preset:tutorial")
    assert person.reading.view.direction == 0 and not direction.isVisible()


def test_the_word_and_its_characters_are_marked_in_the_input(person):
    person.picks_model("preset:english")
    person.clicks(person.page.inputs_button)
    sizes = dict(person.reading.view.parts)
    assert set(sizes) == {"word", "characters"}
    assert sum(sizes.values()) == person.band("x").rows
    assert f"characters: {sizes['characters']}" in person.page.inputs_button.text()


def _choose(person, combo, index):
    combo.setCurrentIndex(index)
    combo.activated.emit(index)
    person.settle()
