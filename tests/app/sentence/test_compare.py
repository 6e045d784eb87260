"""Two readings in the window: before and after an edit, two sentences, two epochs, two models."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from lstm_viz.app.panels.comparison.model_chooser import shortened
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH
from lstm_viz.app.panels.trellis.trellis_nodes import shades
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.messages import SetValue
from lstm_viz.uris import of_run
from tests.app.reach import out_of_reach
from tests.app.sentence.test_geometry import SIZES, _cut, _texts
from tests.app.sentence.test_odd_words import ODD_TEXTS
from tests.app.sentence.test_trellis import reads, trellis  # noqa: F401  # fixtures
from tests.app.test_accessibility import _controls
from tests.app.test_translation import _unmarked, foreign, marked  # noqa: F401  # fixtures

HOME = "The dog ate the apple"


def _compares(person, text=HOME, model="preset:tutorial", epoch=None):
    """Compare with this, and wait until it is there."""
    person.session.state.change(compared_with=ComparedWith(text, model, epoch))
    person.wait(
        lambda: (
            person.page.comparison_model.comparison is not None and not person.page.comparison_model.awaited
        )
    )
    return person.page.comparison_model.comparison


def _sets_by_hand(person, *edits):
    person.session.state.change(edits=edits)
    person.settle()


def _forgets_nothing(person):
    """Let the forget gate be 1 at the third word; what a test does then is about that edit."""
    _sets_by_hand(person, SetValue("f", 1.0, unit=None, first=2, last=2, words=tuple(person.words)))


def _bands(person, name):
    return [band for band in person.page.matrix.heatmaps.bands if band.name == name]


def _bar(person):
    return person.page.comparison_bar.label.text()


# ---------------------------------------------------------------- what if


def test_an_edit_shows_the_difference_that_it_makes(person):
    plain = person.reading
    _forgets_nothing(person)
    after, before = person.reading, person.reading.unedited
    assert np.array_equal(before.view.quantities["c"], plain.view.quantities["c"])
    for name in "figcoh":
        (band,) = _bands(person, name)
        assert band.difference
        assert np.array_equal(band.values, after.view.quantities[name] - before.view.quantities[name])
    assert np.allclose(person.band("f").values[2], 1 - before.view.quantities["f"][2])
    largest = np.abs(after.view.quantities["h"] - before.view.quantities["h"]).max()
    assert f"max |Δh| {largest:.3f}" in _bar(person) and _bar(person).startswith("What if · 1 edit · ")


def test_both_stand_over_each_other_on_the_same_columns(person):
    _forgets_nothing(person)
    person.session.state.change(comparison_view="both")
    upper, lower = _bands(person, "c")
    assert (upper.mark, lower.mark) == ("A", "B")
    assert np.array_equal(upper.values, person.reading.unedited.view.quantities["c"])
    assert np.array_equal(lower.values, person.reading.view.quantities["c"])
    assert upper.rect.bottom() <= lower.rect.top() and upper.columns == lower.columns
    person.session.state.change(alone="c")
    first, second, difference = _bands(person, "c")
    assert not first.difference and difference.difference
    assert np.array_equal(difference.values, second.values - first.values)


@pytest.mark.parametrize("comparison_view", ["first", "second"])
def test_one_of_the_two_alone(person, comparison_view):
    _forgets_nothing(person)
    person.clicks(person.page.comparison_bar.segments.buttons[comparison_view])
    assert person.session.state.selection.comparison_view == comparison_view
    reading = person.reading.unedited if comparison_view == "first" else person.reading
    (band,) = _bands(person, "o")
    assert np.array_equal(band.values, reading.view.quantities["o"]) and not band.difference
    assert bool(person.band("f").marks) is (comparison_view == "second")
    marks = ("clamped", "changed") if comparison_view == "second" else ()
    assert person.page.matrix.legend.names == marks


def test_what_is_set_is_marked_where_it_is(person):
    plain = person.page.matrix.heatmaps.grab().toImage()
    words = tuple(person.words)
    _sets_by_hand(person, SetValue("o", 0.0, unit=4, first=1, last=3, words=words))
    person.session.state.change(comparison_view="second", unit=None)
    (mark,) = person.band("o").marks
    assert mark == (1, 3, 4) and not person.band("f").marks
    image, corner = person.page.matrix.heatmaps.grab().toImage(), person.band("o").cell(3, 4).topRight()
    text = person.session.state.theme.text
    assert image.pixelColor(corner.toPoint()).name() == text != plain.pixelColor(corner.toPoint()).name()


def test_a_tag_that_flips_says_both(person):
    words = tuple(person.words)
    _sets_by_hand(person, SetValue("h", -1.0, unit=None, first=1, last=1, words=words))
    comparison = person.page.comparison_model.comparison
    assert comparison.flips, "the edit is strong enough"
    chips, slot = person.page.matrix.chips, comparison.flips[0]
    before, after = comparison.first.words[slot].tag, comparison.second.words[slot].tag
    assert f" · {before} → {after} " in chips.describe(slot)
    assert chips.chip(slot).was == before and chips.chip(slot).differs
    assert f": {before} → {after}" in _bar(person)


def test_the_scores_show_both(person):
    _forgets_nothing(person)
    person.session.state.step_to(2)
    person.settle()
    before, after = person.reading.unedited.scores[2], person.reading.scores[2]
    shown = person.page.scores.compared_tags()
    assert [row.first for row in shown] == before.tolist() and [row.second for row in shown] == after.tolist()
    text = person.page.scores.accessibleDescription()
    assert text.startswith(f"DET {before[0]:.4f} → {after[0]:.4f}".replace("-", "−"))
    person.page.scores.grab()


def test_the_badge_tells_how_it_was_computed(person):
    badge = person.page.badge
    assert badge.agreement.isVisible() and not badge.stepped.isVisible()
    _forgets_nothing(person)
    assert badge.stepped.isVisible() and not badge.agreement.isVisible()
    error = person.reading.view.max_error
    assert badge.stepped.text() == f"max |Δh| {error:.0e} from torch without edits"
    _sets_by_hand(person)
    assert badge.agreement.isVisible() and not badge.stepped.isVisible()


def test_one_types_on_and_lets_go(person):
    before = person.page.matrix.heatmaps.grab().toImage()
    _forgets_nothing(person)
    person.page.editor.setFocus()
    person.bot.keyClicks(person.page.editor, "s ate")
    person.settle()
    assert person.words[-1] == "ate" and len(person.band("f").values) == 6
    assert person.band("f").difference and person.page.comparison_bar.isVisible()
    for _ in range(5):
        person.bot.keyClick(person.page.editor, Qt.Key.Key_Backspace)
    _sets_by_hand(person)
    person.session.state.step_to(0)
    person.settle()
    assert not person.page.comparison_bar.isVisible() and person.page.comparison_model.comparison is None
    QApplication.processEvents()
    assert person.page.matrix.heatmaps.grab().toImage() == before


def test_the_mouse_tells_both_numbers(person):
    _forgets_nothing(person)
    a, b = person.reading.unedited.view.quantities["f"][2, 1], person.reading.view.quantities["f"][2, 1]
    said = person.page.matrix.heatmaps.describe(person.band("f"), 2, 1)
    assert said == f"“ate” · unit 2\nforget  f: A {a:.6f} · B {b:.6f} · Δ {b - a:.6f}"


# ---------------------------------------------------------------- two sentences


def test_words_of_two_sentences_share_their_columns(person):
    comparison = _compares(person, "The big dog ate that now")
    assert comparison.slots == ((0, 0), (None, 1), (1, 2), (2, 3), (3, 4), (4, 5))
    chips, matrix = person.page.matrix.chips, person.page.matrix
    assert matrix.columns.count == 6
    assert chips.chip(1) is None and chips.chip(1, 1).label == "big"
    assert chips.chip(4).label == "the" and chips.chip(4, 1).label == "that"
    assert chips.rect_of(4).x() == chips.rect_of(4, 1).x()
    (band,) = _bands(person, "h")
    a, b = person.reading.view.quantities["h"], person.session.state.other.view.quantities["h"]
    assert band.present.tolist() == [True, False, True, True, True, True]
    assert np.array_equal(band.values[band.present], b[[0, 2, 3, 4, 5]] - a)


def test_a_column_of_b_alone_is_hatched_and_takes_no_playhead(person):
    _compares(person, "The big dog ate the apple")
    chips, heatmaps, state = person.page.matrix.chips, person.page.matrix.heatmaps, person.session.state
    person.clicks(chips, chips.rect_of(2).center())
    assert state.selection.step == 1 and chips.chip(2).here and chips.chip(2, 1).here
    person.clicks(chips, chips.rect_of(1, 1).center())
    person.clicks(heatmaps, person.band("c").cell(1, 2).center().toPoint())
    assert state.selection.step == 1
    person.clicks(heatmaps, person.band("c").cell(3, 5).center().toPoint())
    assert (state.selection.step, state.selection.unit) == (2, 5)
    image, strip = heatmaps.grab().toImage(), person.band("c").cell(1, 3)
    place = strip.topLeft().toPoint() + QPoint(4, 4)
    seen = {image.pixelColor(place.x() + dx, place.y() + dy).name() for dx in range(12) for dy in range(8)}
    theme = state.theme
    assert theme.ground in seen and theme.panel not in seen
    assert "no such word" in chips.describe(1)


def test_the_trellis_stands_under_the_words_of_a(reads):  # noqa: F811
    person = reads("small")
    _compares(person, "The big dog ate the apple now")
    QApplication.processEvents()
    nodes, chips, theme = trellis(person).nodes, person.page.matrix.chips, person.session.state.theme
    image = trellis(person).grab().toImage()
    for word, slot in enumerate((0, 2, 3, 4, 5)):
        for row in range(nodes.rows.shown):
            node = nodes.node(word, row)
            assert abs(node.center().x() - chips.rect_of(slot).center().x()) <= 1.5
            shown = image.pixelColor(int(node.left() + 4), int(node.top() + 4)).rgb()
            ramp = shades(theme, nodes.steps.tags)[row]
            assert shown == ramp[nodes.levels[word, row]], (word, row)
    rect, y = chips.rect_of(6), int(nodes.cells.center().y())
    between = {image.pixelColor(x, y).name() for x in range(rect.left() + 4, rect.right() - 4)}
    assert between == {theme.panel}, "nothing of it where A has no word"
    person.clicks(trellis(person), QPoint(chips.rect_of(3).center().x(), y))
    assert person.session.state.selection.step == 2


def test_stepping_goes_from_word_to_word_of_a(person):
    _compares(person, "The big dog ate the apple")
    person.page.setFocus()
    for step, slot in ((1, 2), (2, 3), (3, 4)):
        person.presses(Qt.Key.Key_Right)
        assert person.session.state.selection.step == step
        assert [k for k in range(6) if (chip := person.page.matrix.chips.chip(k)) and chip.here] == [slot]


def test_typing_in_both(person):
    _compares(person, "The cat")
    row = person.page.comparison_row
    row.line.setFocus()
    person.bot.keyClicks(row.line, " ate")
    person.wait(lambda: not person.page.comparison_model.awaited)
    assert [word.text for word in person.session.state.other.words] == ["The", "cat", "ate"]
    assert person.session.state.selection.text == HOME
    person.writes("The cat ate")
    assert person.page.comparison_model.comparison.slots == ((0, 0), (1, 1), (2, 2))
    assert np.abs(person.band("h").values).max() < 1e-6


def test_the_same_sentence_goes_on_being_the_same(person):
    _compares(person, HOME, epoch=0)
    person.writes("The dog")
    assert person.session.state.selection.compared_with == ComparedWith("The dog", "preset:tutorial", 0)
    person.wait(lambda: not person.page.comparison_model.awaited)
    assert person.page.comparison_row.line.text() == "The dog"
    assert len(person.page.comparison_model.comparison.slots) == 2


# ---------------------------------------------------------------- two epochs, two models


def test_what_training_did(person):
    person.page.compare()
    person.wait(lambda: person.page.comparison_model.comparison is not None)
    row, state = person.page.comparison_row, person.session.state
    assert state.selection.compared_with == ComparedWith(HOME, "preset:tutorial", 0) and row.line.hasFocus()
    assert (state.reading.epoch, state.other.epoch) == (300, 0)
    assert row.epoch.isVisible() and row.epoch_label.text() == "0"
    assert _bar(person).startswith("4 tags differ · max |Δh| ")
    assert _bar(person).endswith(" · A epoch 300 | B epoch 0")
    row.epoch.setValue(row.epoch.maximum())
    person.wait(lambda: state.other.epoch == 300)
    assert person.page.comparison_model.comparison.largest < 1e-6 and row.epoch_label.text() == "300"


def test_another_cell_shares_h(person):
    _compares(person, model="preset:tutorial-gru")
    assert person.page.matrix.heatmaps.names() == ("h",)
    a, b = person.reading.view, person.session.state.other.view
    assert np.array_equal(person.band("h").values, b.quantities["h"] - a.quantities["h"])
    person.session.state.change(comparison_view="both")
    assert person.page.matrix.heatmaps.names() == ("f", "i", "g", "c", "o", "r", "z", "n", "h")
    assert [band.mark for band in _bands(person, "z")] == ["B"]
    assert _bar(person).startswith("in both: h")


def test_another_size_stands_beside_and_says_why(person):
    person.session.state.change(unit=5, step=2)
    _compares(person, model="preset:english")
    upper, lower = _bands(person, "f")
    assert (upper.rows, lower.rows) == (6, 96)
    assert _bar(person).startswith("6 and 96 units: only side by side")
    button = person.page.comparison_bar.segments.buttons["difference"]
    assert not button.isEnabled() and "numbers of units differ" in button.toolTip()
    assert person.session.state.selection.comparison_view == "difference", (
        "it comes back with a net of this size"
    )
    assert {"V", "VERB"} <= {row.tag for row in person.page.scores.compared_tags()}
    person.window.grab()


def test_characters_stay_alone(person):
    person.picks_model("preset:english")
    _compares(person, "The cat", model="preset:english")
    person.session.state.change(module=person.reading.model.modules[1].path)
    person.settle()
    person.wait(lambda: not person.page.comparison_model.awaited)
    assert "characters are not compared" in _bar(person)
    assert not any(band.difference for band in person.page.matrix.heatmaps.bands)
    assert person.page.matrix.columns.count == len(person.reading.view.columns)


# ---------------------------------------------------------------- opening and closing


@pytest.mark.parametrize("how", ["escape", "button", "again"])
def test_it_is_closed_and_all_is_as_before(person, how):
    page = person.page
    before = page.matrix.grab().toImage()
    assert not page.comparison_row.isVisible() and not page.comparison_bar.isVisible()
    page.compare()
    person.wait(lambda: page.comparison_model.comparison is not None)
    if how == "escape":
        person.bot.keyClick(page.comparison_row.line, Qt.Key.Key_Escape)
    elif how == "button":
        person.bot.mouseClick(page.comparison_row.close_button, Qt.MouseButton.LeftButton)
    else:
        page.compare()
    assert person.session.state.selection.compared_with is None and page.editor.hasFocus()
    assert not page.comparison_row.isVisible() and not page.comparison_bar.isVisible()
    person.wait(lambda: person.session.state.other is None)
    QApplication.processEvents()
    assert page.matrix.grab().toImage() == before


def test_a_window_that_opens_on_a_comparison_shows_it(open_session, link):
    person = open_session(
        link, Selection(motion=False, compared_with=ComparedWith("The cat", "preset:tutorial"))
    )
    person.settle()
    person.wait(lambda: person.page.comparison_model.comparison is not None)
    assert person.page.comparison_row.isVisible() and person.page.comparison_row.line.text() == "The cat"


def test_b_without_words_leaves_a_alone(person):
    _compares(person, "The cat")
    person.page.comparison_row.line.set_text("")
    person.wait(lambda: not person.page.comparison_model.awaited)
    assert person.page.comparison_model.comparison is None and not person.page.comparison_bar.isVisible()
    assert "only A is drawn" in person.page.comparison_row.message.text()
    assert not person.band("f").difference


def test_a_run_that_is_gone_says_so_and_leaves_a_alone(person, tmp_path):
    _compares(person, "The cat")
    person.session.state.change(compared_with=ComparedWith("The cat", of_run(tmp_path / "gone")))
    person.wait(lambda: person.session.state.detail_error is not None)
    assert person.page.comparison_model.comparison is None and not person.band("f").difference
    assert (
        person.page.comparison_row.message.isVisible() and "gone" in person.page.comparison_row.message.text()
    )
    _compares(person, "The cat")
    assert person.band("f").difference and not person.page.comparison_row.message.isVisible()


def test_the_choosers_of_b(person):
    _compares(person)
    chooser = person.page.comparison_row.model
    chooser.setCurrentIndex(chooser.findData("preset:tutorial-rnn"))
    chooser.activated.emit(chooser.currentIndex())
    person.wait(lambda: not person.page.comparison_model.awaited)
    assert person.session.state.other.model.uri == "preset:tutorial-rnn"
    assert (
        person.reading.model.uri == "preset:tutorial"
        and person.content.top_bar.model.currentData() == "preset:tutorial"
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_models_can_be_told_apart_in_the_choosers(person, size):
    person.resizes(*size)
    _compares(person, epoch=0)
    QApplication.processEvents()
    chooser, seen = person.page.comparison_row.model, {}
    for place in range(chooser.count()):
        chooser.setCurrentIndex(place)
        seen[chooser.itemText(place)] = chooser.shown
    assert len(set(seen.values())) == len(seen) >= 5
    ends_ = [text.endswith(whole[whole.rindex(" · ") :]) for whole, text in seen.items()]
    assert all(ends_), seen
    widest = max(chooser.fontMetrics().horizontalAdvance(title) for title in seen)
    assert chooser.view().minimumWidth() > widest
    assert person.page.comparison_row.line.width() >= 190


def test_names_that_begin_alike_are_shortened_before_their_end(application):
    metrics = QFontMetrics(text_font(13))
    lstm, gru = "Tutorial tagger · LSTM · 6 units", "Tutorial tagger · GRU · 6 units"
    room = metrics.horizontalAdvance("Tutor… · LSTM · 6 units")
    assert shortened(lstm, metrics, room).endswith("… · LSTM · 6 units")
    assert shortened(gru, metrics, room).endswith("… · GRU · 6 units")
    assert shortened(lstm, metrics, 1000) == lstm
    runs = {shortened(f"tutorial-lstm-6-{k}", metrics, 80) for k in (2, 3)}
    assert len(runs) == 2 and all("…" in name for name in runs)


def test_the_right_side_says_whose_it_is(person):
    label = person.page.side.reading_label
    assert label.text() == ""
    _forgets_nothing(person)
    assert label.text() == "numbers of B"
    person.session.state.change(comparison_view="first")
    assert _bar(person).startswith("panels: B after")
    _compares(person, epoch=0)
    person.session.state.change(comparison_view="second")
    assert label.text() == "numbers of A" and "panels: A" in _bar(person)
    person.session.state.change(compared_with=None, edits=())
    person.settle()
    assert label.text() == ""


def test_both_lines_have_their_letters_under_each_other(person):
    page = person.page
    assert not page.letter.isVisible()
    left = page.editor.x()
    _compares(person, epoch=0)
    QApplication.processEvents()
    assert page.letter.isVisible() and page.letter.text() == "A"
    lines = (page.editor, page.comparison_row.line)
    assert len({line.mapTo(page, QPoint()).x() for line in lines}) == 1
    page.compare()
    QApplication.processEvents()
    assert not page.letter.isVisible() and page.editor.x() == left


def test_it_is_opened_again_on_what_was_compared_with_last(person):
    page, state = person.page, person.session.state
    _compares(person, "The cat", model="preset:tutorial-gru")
    state.change(comparison_view="second")
    page.compare()
    page.compare()
    assert (
        state.selection.compared_with == ComparedWith("The cat", "preset:tutorial-gru")
        and state.selection.comparison_view == "difference"
    )
    state.change(compared_with=ComparedWith(HOME, "preset:tutorial-rnn"))
    page.compare()
    person.writes("The dog")
    page.compare()
    assert state.selection.compared_with == ComparedWith("The dog", "preset:tutorial-rnn"), (
        "as before, the sentence goes along"
    )
    state.change(compared_with=ComparedWith("The dog", "preset:tutorial", state.selection.epoch))
    page.compare()
    page.compare()
    assert state.selection.compared_with == ComparedWith("The dog", "preset:tutorial", 0), "never with itself"


# ---------------------------------------------------------------- any text, any size


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_any_script_beside_any_other(person, text):
    person.sets("the <b>dog</b> 개가")
    _compares(person, text)
    assert "".join(word.text for word in person.session.state.other.words) == "".join(text.split())
    person.session.state.change(comparison_view="both")
    person.window.grab()
    person.page.matrix.chips.describe(0)
    assert not person.content.error.isVisible()


def test_a_thousand_words_beside_a_thousand(person):
    person.picks_model("preset:english")
    person.sets("the dog ate " * 333)
    comparison = _compares(person, "the dog saw " * 333, model="preset:english")
    assert len(comparison.slots) == 999 and person.page.matrix.columns.count == 999
    person.page.setFocus()
    person.presses(Qt.Key.Key_End)
    assert person.page.matrix.chips.chip(998).here
    person.window.grab()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_text_of_the_comparison_is_whole(person, size):
    person.resizes(*size)
    _compares(person, "The big dog", epoch=0)
    QApplication.processEvents()
    person.window.grab()
    row, bar = person.page.comparison_row, person.page.comparison_bar
    mine = [w for w in _texts(person.window) if row.isAncestorOf(w) or bar.isAncestorOf(w)]
    assert len(mine) >= 7 and [_cut(widget) for widget in mine if _cut(widget)] == []
    for widget in (row, bar, person.page.matrix):
        assert not out_of_reach(widget)
    assert row.line.width() >= 160


# ---------------------------------------------------------------- repaint, words for all, names


def _screen(person):
    QApplication.processEvents()
    return person.window.screen().grabWindow(person.window.winId()).toImage()


def _afresh(person):
    for widget in person.window.findChildren(QWidget):
        widget.update()
    return _screen(person)


@pytest.mark.parametrize("kind", ["what if", "compare"])
def test_partial_paints_leave_nothing_stale(person, kind):
    person.resizes(1280, 800)
    person.hides_the_latency()
    if kind == "compare":
        _compares(person, "The big dog ate the apple")
    else:
        _forgets_nothing(person)
    person.page.setFocus()
    for act in (
        lambda: person.presses(Qt.Key.Key_End),
        lambda: person.presses(Qt.Key.Key_Left),
        lambda: person.presses(Qt.Key.Key_Down),
        lambda: person.session.state.change(comparison_view="both"),
        lambda: person.writes("The dog ate"),
        lambda: person.presses(Qt.Key.Key_S, on=person.page.editor),
        lambda: person.session.state.change(comparison_view="difference"),
        lambda: person.presses(Qt.Key.Key_Home),
    ):
        act()
        person.page.setFocus()
        shown = _screen(person)
        assert shown == _afresh(person)


def test_nothing_of_it_is_left_in_english(foreign):  # noqa: F811
    foreign.session.state.change(compared_with=ComparedWith("", "preset:tutorial", 0))
    foreign.wait(lambda: foreign.session.state.other is not None)
    assert _unmarked(foreign) == []
    _compares(foreign, "the cat", epoch=0)
    said = _unmarked(foreign)
    assert said == [], said
    foreign.session.state.change(compared_with=None)
    _forgets_nothing(foreign)
    assert "⟦What if⟧" in _bar(foreign)
    assert [text for text in _unmarked(foreign) if "torch" in text] == []


def test_every_control_of_it_has_a_name(person):
    _compares(person, epoch=0)
    row, bar = person.page.comparison_row, person.page.comparison_bar
    mine = [w for w in _controls(person.window) if row.isAncestorOf(w) or bar.isAncestorOf(w)]
    assert len(mine) == 8
    assert all(widget.accessibleName() for widget in mine)
    assert row.whatsThis() and bar.whatsThis()


def test_the_letters_of_both_are_not_painted_over(person):
    """The number of the selected unit would be in their place."""
    _forgets_nothing(person)
    person.session.state.change(comparison_view="both")
    heatmaps, strips = person.page.matrix.heatmaps, []
    for unit in (0, 5):
        person.session.state.change(unit=unit)
        strips.append(heatmaps.grab(QRect(LABEL_WIDTH - 31, 0, 23, heatmaps.height())).toImage())
    assert strips[0] == strips[1]


def test_low_rows_of_scores_have_headings(person):
    person.resizes(1024, 560)
    _compares(person, "Everybody read that book")
    painted = person.page.scores.figure().svg().decode()
    assert ">B − A<" in painted and ">B<" in painted
    assert ">log-softmax<" in painted  # not elided


def test_whose_numbers_they_are_does_not_look_like_a_link(person):
    _compares(person, "Everybody read that book")
    label = person.page.side.reading_label
    label.ensurePolished()
    assert label.palette().color(QPalette.ColorRole.WindowText) == QColor(person.session.state.theme.muted)


def test_rounding_is_no_change(person):
    """The forget gate has no effect at the first word, as there is no cell state yet."""
    _sets_by_hand(person, SetValue("f", 0.9, unit=0, first=0, last=0, words=tuple(person.words)))
    assert person.page.comparison_model.comparison.distances.is_rounding
    assert _bar(person).endswith("no tag flips · h does not change")
