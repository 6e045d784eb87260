"""Bars, matrix and sentences: what they show, say, and do when clicked."""

import xml.etree.ElementTree as ET

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QApplication

from lstm_viz.app.panels.tags.confusion_matrix import short_count, strength
from lstm_viz.app.panels.tags.measure_bars import Folded, folded, ordered
from lstm_viz.app.panels.tags.measures import counts, measures
from lstm_viz.app.panels.tags.mistakes import Mistakes, pieces
from lstm_viz.app.panels.tags.tags_panel import TagsPanel
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.widgets.figure import Figure
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.tag_style import tag_style
from lstm_viz.files.lines import LineFile
from lstm_viz.messages import ConfusedSentence, Confusion, ConfusionQuery
from lstm_viz.runs import history
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch
from lstm_viz.runs.settings import SMALL
from lstm_viz.text.tokenized_text import spaced
from tests.app.hovers import hover_text
from tests.runs_support import write_run

#: DET is never predicted; NN is confused with V 31 times of 204; 3 words have a tag outside the tagset.
CONFUSION = ((0, 1, 4), (1, 1, 173), (1, 2, 31), (2, 2, 90), (2, 1, 10), (3, 1, 3))


@pytest.fixture
def run(tmp_path):
    path = write_run(tmp_path / "run", epochs=3, steps=9)
    lines = LineFile(RunFolder(path).history)
    lines.append(history.encode(Epoch(12, 4, 0.5, 0.8, "epoch-000004.safetensors", "2" * 64, CONFUSION)))
    lines.close()
    return path


@pytest.fixture
def open_panel(open_desk, run):
    def open_(path=run, width=460, height=380, tags="f1", **changes):
        desk = open_desk(path, training=TrainingView(page="training", tags=tags), **changes)
        panel = TagsPanel(desk.state, desk.runs, desk.queries)
        desk.show(panel, width, height)
        return desk, panel

    return open_


def click(desk, widget, rect):
    desk.bot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())


# ---------------------------------------------------------------- bars


def test_the_bars_are_sorted_and_say_their_numbers(open_panel):
    _desk, panel = open_panel()
    assert [m.tag for m in panel.bars.rows] == [1, 2, 0, 3]
    assert panel.bars.describe(0) == (
        "NN: F1 0.8782, precision 0.9105, recall 0.8480\n173 of 204 words correct, 190 predicted\n"
        "most confused with V (31 of 204) · click to see them"
    )
    assert panel.bars.describe(2).startswith("DET: F1 0.0000, precision –, recall 0.0000")
    assert panel.bars.describe(3).startswith("(unknown): F1 0.0000, precision –")
    assert panel.subtitle.text() == "epoch 4 · on the training sentences · accuracy 0.8457"


def test_they_are_sorted_as_chosen(open_panel):
    _desk, panel = open_panel()
    for place, order in ((1, [1, 2, 0, 3]), (2, [0, 1, 2, 3])):
        panel.order.setCurrentIndex(place)
        panel.order.activated.emit(place)
        assert [m.tag for m in panel.bars.rows] == order


def test_a_click_on_a_bar_lists_its_most_frequent_mistake(open_panel):
    desk, panel = open_panel()
    desk.bot.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=panel.bars._row(0).center().toPoint())
    desk.settle()
    asked = desk.link.last(ConfusionQuery)
    assert (asked.gold, asked.tag, asked.epoch) == ("NN", "V", 4)
    assert panel.mistakes.isVisible() and panel.mistakes.heading.text() == "NN tagged as V"


def test_the_keys_do_the_same(open_panel):
    desk, panel = open_panel()
    panel.bars.setFocus()
    desk.bot.keyClick(panel.bars, Qt.Key.Key_Down)
    desk.bot.keyClick(panel.bars, Qt.Key.Key_Down)
    assert panel.bars.accessibleDescription().startswith("V: F1")
    desk.bot.keyClick(panel.bars, Qt.Key.Key_Return)
    desk.settle()
    assert (desk.link.last(ConfusionQuery).gold, desk.link.last(ConfusionQuery).tag) == ("V", "NN")


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("width", [240, 460, 900])
def test_a_poor_tag_is_not_painted_as_wrong(open_panel, theme, width):
    _desk, panel = open_panel(theme=theme, width=width)
    image = panel.bars.grab().toImage()
    y = [round(panel.bars._row(k).center().y()) for k in range(4)]
    assert image.pixelColor(66, y[0]) == QColor(theme.muted)
    assert image.pixelColor(66, y[3]) == QColor(theme.line)
    colours = {image.pixelColor(x, row).name() for row in y for x in range(66, image.width())}
    assert not {theme.danger, theme.good} & colours


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("tags", ["f1", "confusion"])
def test_each_tag_stands_in_its_own_colour(open_panel, theme, tags):
    _desk, panel = open_panel(theme=theme, tags=tags)
    shown = panel.bars if tags == "f1" else panel.matrix
    image = shown.grab().toImage()
    for k, tag in enumerate(("DET", "NN", "V")):
        row = panel.bars.rows.index(panel.bars._counts.measures[k])
        y = panel.bars._row(row).center().y() if tags == "f1" else panel.matrix.grid().cell(k, 0).center().y()
        seen = {image.pixelColor(x, round(y)).name() for x in range(2, 66)}
        own = {other: tag_style(other, theme).fill in seen for other in ("DET", "NN", "V")}
        assert own == {other: other == tag for other in own}


# ---------------------------------------------------------------- the matrix


def test_a_cell_describes_its_confusion(open_panel):
    desk, panel = open_panel(tags="confusion")
    assert panel.matrix.isVisible() and panel.confusion_button.isChecked()
    grid = panel.matrix.grid()
    desk.bot.mouseMove(panel.matrix, grid.cell(1, 2).center().toPoint())
    assert hover_text(panel.matrix) == "NN tagged as V: 31 of 204 (15.2 %)"
    assert grid.rows == 4 and panel.matrix.describe(3, 1) == "(unknown) tagged as NN: 3 of 3 (100.0 %)"


def test_a_click_lists_the_sentences_and_back_comes_back(open_panel):
    desk, panel = open_panel(tags="confusion")
    click(desk, panel.matrix, panel.matrix.grid().cell(3, 1))
    desk.settle()
    assert (desk.link.last(ConfusionQuery).gold, desk.link.last(ConfusionQuery).tag) == ("", "NN")
    assert panel.mistakes.caption.text() == "The sentences are being tagged."
    desk.answer(desk.link.last(ConfusionQuery))
    assert panel.mistakes.caption.text() == "the first 2 of 3 at epoch 4"
    assert [panel.mistakes.list.item(k).text() for k in range(2)] == ["the old house", "<b>a</b> cat"]
    panel.grab()
    desk.bot.mouseClick(panel.mistakes.back, Qt.MouseButton.LeftButton)
    assert panel.matrix.isVisible() and not panel.mistakes.isVisible()


def test_a_cell_without_words_lists_nothing(open_panel):
    desk, panel = open_panel(tags="confusion")
    click(desk, panel.matrix, panel.matrix.grid().cell(0, 2))
    desk.settle()
    assert desk.link.of(ConfusionQuery) == [] and panel.matrix.isVisible()


def test_the_keys_reach_every_cell_and_every_sentence(open_panel):
    desk, panel = open_panel(tags="confusion")
    panel.matrix.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        desk.bot.keyClick(panel.matrix, key)
    assert panel.matrix.current == (1, 2)
    assert panel.matrix.accessibleDescription() == "NN tagged as V: 31 of 204 (15.2 %)"
    desk.bot.keyClick(panel.matrix, Qt.Key.Key_Return)
    desk.settle()
    desk.answer(desk.link.last(ConfusionQuery))
    desk.bot.keyClick(panel.mistakes.list, Qt.Key.Key_Down)
    desk.bot.keyClick(panel.mistakes.list, Qt.Key.Key_Return)
    assert desk.state.selection.text == "<b>a</b> cat" and not desk.state.training.shown


def test_a_sentence_is_opened_at_its_word_and_epoch(open_panel):
    desk, panel = open_panel(epoch=3, tags="confusion")
    panel.list_confused(1, 2)
    desk.settle()
    desk.answer(desk.link.last(ConfusionQuery))
    panel.mistakes.list.itemClicked.emit(panel.mistakes.list.item(0))
    selection = desk.state.selection
    assert (selection.text, selection.step, selection.epoch, selection.caret) == ("the old house", 1, 3, None)
    assert not desk.state.training.shown


def test_why_there_is_no_list_is_reported(open_panel):
    desk, panel = open_panel(tags="confusion")
    panel.list_confused(1, 2)
    desk.settle()
    desk.fail(desk.link.last(ConfusionQuery), "The corpus is not where it was.")
    assert (
        panel.mistakes.caption.text() == "The corpus is not where it was." and not panel.mistakes.list.count()
    )


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_what_is_right_is_calm_and_mistakes_stand_out(open_panel, theme):
    _desk, panel = open_panel(theme=theme, tags="confusion")
    image, grid = panel.matrix.grab().toImage(), panel.matrix.grid()

    def far(row, column):
        spot = grid.cell(row, column).topLeft().toPoint()
        colour = image.pixelColor(spot.x() + 3, spot.y() + 3)
        ground = QColor(theme.panel)
        return sum(abs(a - b) for a, b in zip(colour.getRgb(), ground.getRgb(), strict=True))

    assert far(0, 2) == 0 < far(2, 1) < far(3, 1)
    assert far(1, 1) < far(3, 1)


@pytest.mark.parametrize("tags", [3, 17, 50])
@pytest.mark.parametrize("size", [(240, 230), (600, 500)])
def test_any_tagset_stays_within_its_panel(open_panel, tmp_path, tags, size):
    names = tuple(f"TAG{k}" for k in range(tags))
    path = write_run(tmp_path / f"many{tags}", epochs=2, steps=6, tags=names)
    desk, panel = open_panel(path, *size, tags="confusion")
    grid = panel.matrix.grid()
    assert panel.matrix.rect().contains(grid.rect.toAlignedRect().adjusted(0, 0, -1, -1))
    panel.grab()
    desk.state.change_training(tags="f1")
    QApplication.processEvents()
    panel.grab()
    assert not panel.area.verticalScrollBar().isVisible()
    rows = panel.bars.rows
    measured = [row.f1 for row in rows if not isinstance(row, Folded)]
    assert (measured[0], measured[-1]) == (max(f1s := _f1s(panel)), min(f1s))
    hidden = sum(row.count for row in rows if isinstance(row, Folded))
    assert len(measured) + hidden == tags and (hidden > 0) == (len(measured) < tags)


def _f1s(panel):
    return [measure.f1 for measure in panel.bars._counts.measures]


def test_the_fold_opens_by_a_click_and_closes_with_another_order(open_panel, tmp_path):
    path = write_run(tmp_path / "many", epochs=2, steps=6, tags=tuple(f"TAG{k}" for k in range(40)))
    desk, panel = open_panel(path)
    QApplication.processEvents()
    place = next(k for k, row in enumerate(panel.bars.rows) if isinstance(row, Folded))
    hidden = panel.bars.rows[place].count
    assert panel.bars.describe(place) == f"{hidden} more tags between the best and the worst"
    desk.bot.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=panel.bars._row(place).center().toPoint())
    assert len(panel.bars.rows) == 40 and panel.bars.height() >= 16 * 40
    panel.bars.set_order("f1")
    assert len(panel.bars.rows) < 40


@pytest.mark.parametrize("width", [170, 400])
def test_the_fold_is_named_at_every_width(open_panel, width):
    _, panel = open_panel(tags="f1")
    bars = panel.bars
    bars._rows = (Folded(6),)
    panel.area.takeWidget()
    bars.resize(width, 60)
    root = ET.fromstring(Figure(bars).svg())
    (text,) = {t for node in root.iter() if (t := "".join(node.itertext()).strip()).startswith("⋯")}
    assert QFontMetricsF(text_font(10)).horizontalAdvance(text) <= width - 8
    assert text.startswith("⋯ 6 more tags")


def test_the_rows_of_the_matrix_are_named_in_a_low_panel(open_panel, tmp_path):
    small = write_run(tmp_path / "small", epochs=3, steps=9, settings=SMALL)
    matrix = open_panel(small, tags="confusion")[1].matrix
    matrix.setFixedHeight(158)
    QApplication.processEvents()
    grid = matrix.grid()
    beside = QRect(0, int(grid.top), int(grid.left) - 16, int(grid.height * grid.rows))
    assert 7 < grid.height < 9
    image = matrix.grab(beside).toImage()
    assert len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}) > 1


def test_what_is_folded_is_between_the_best_and_the_worst():
    rows = ordered(_twelve(), "f1")
    assert folded(rows, 7) == (*rows[:3], Folded(6), *rows[-3:])
    assert folded(rows, 6) == (*rows[:3], Folded(7), *rows[-2:])
    assert folded(rows, 12) == folded(rows, 4) == rows


def _twelve():
    table = counts([(k, k, 40 - k) for k in range(12)] + [(k, (k + 1) % 12, k) for k in range(12)], 12)
    return measures(table)


def test_how_counts_and_shares_are_shown():
    assert [short_count(n) for n in (0, 999, 1234, 9950, 57_312, 3_200_000, 31_000_000)] == [
        "0", "999", "1.2k", "9.9k", "57k", "3.2M", "31M",
    ]  # fmt: skip
    assert strength(np.array([0.0, 1.0])).tolist() == [0, 1] and strength(np.array([0.003]))[0] > 0.15


# ---------------------------------------------------------------- the panel


def test_the_toggle_also_leaves_the_list(open_panel):
    desk, panel = open_panel(tags="confusion")
    panel.list_confused(1, 2)
    desk.bot.mouseClick(panel.confusion_button, Qt.MouseButton.LeftButton)
    assert panel.matrix.isVisible()
    desk.bot.mouseClick(panel.f1_button, Qt.MouseButton.LeftButton)
    assert panel.bars.isVisible() and desk.state.training.tags == "f1"
    assert panel.title.text() == "Per-tag F1" and panel.order.isVisible()


def test_the_selected_epoch_is_shown(open_panel):
    desk, panel = open_panel()
    desk.state.change(epoch=1)
    assert panel.subtitle.text().startswith("epoch 1 ·")
    desk.state.change(epoch=None)
    assert panel.subtitle.text().startswith("epoch 4 ·")


def test_a_new_epoch_is_shown_when_it_was_measured(open_panel, run):
    desk, panel = open_panel()
    lines = LineFile(RunFolder(run).history)
    lines.append(history.encode(Epoch(15, 5, 0.5, 1.0, "epoch-000005.safetensors", "3" * 64, ((0, 0, 7),))))
    lines.close()
    desk.runs.poll()
    assert panel.subtitle.text().startswith("epoch 5 ·")
    assert [m.f1 for m in panel.bars.rows] == [1.0, 0.0, 0.0]
    assert panel.bars.describe(1).startswith("NN: F1 –, precision –, recall –")


def test_the_list_stays_during_training(open_panel, run):
    desk, panel = open_panel()
    panel.list_confused(1, 2)
    desk.settle()
    lines = LineFile(RunFolder(run).history)
    lines.append(history.encode(Epoch(15, 5, 0.5, 1.0, confusion=((0, 0, 7),))))
    lines.close()
    desk.runs.poll()
    assert panel.mistakes.isVisible()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_what_stands_where_there_is_nothing(open_panel, tmp_path, theme):
    _, panel = open_panel(None, theme=theme)
    assert panel.note.isVisible() and panel.note.text().startswith("Select or train a run")
    path = write_run(tmp_path / "own", epochs=0, steps=0)
    history_file = RunFolder(path).history
    history_file.write_bytes(b"")
    _desk, panel = open_panel(path, theme=theme)
    assert panel.note.text() == "Shown from the first evaluation on."


def test_another_run_leaves_the_list(open_panel):
    desk, panel = open_panel()
    panel.list_confused(1, 2)
    desk.state.pick_model("preset:tutorial")
    assert panel.note.isVisible()


def test_the_tables_have_what_is_shown(open_panel):
    desk, panel = open_panel()
    rows = {row[1]: row for row in panel.table().rows}
    assert rows["DET"] == (4, "DET", None, 0.0, 0.0, 4, 0, 0)
    assert rows["NN"][5:] == (204, 190, 173)
    desk.state.change_training(tags="confusion")
    table = panel.table()
    assert table.header == ("true_tag", "DET", "NN", "V") and table.rows[1] == ("NN", 0, 173, 31)
    assert table.rows[3] == ("(unknown)", 0, 3, 0)


# ---------------------------------------------------------------- the sentences


def test_the_confused_word_is_always_visible(application):
    words = tuple(f"word{k}" for k in range(60))
    for place in (0, 3, 30, 59):
        shown = list(pieces(ConfusedSentence(spaced(words), (place,)), 300.0))
        assert (f"word{place}", True) in shown
        assert shown[0][0] == ("…" if place >= 30 else "word0")


def test_a_sentence_that_runs_from_right_to_left_begins_at_the_right(application, qtbot):
    """Its first word is the rightmost: the ink of a marked first word is in the right half."""
    for words, side in ((("قال", "نعم"), "right"), (("said", "yes"), "left")):
        mistakes = Mistakes(State())
        qtbot.addWidget(mistakes)
        mistakes.resize(600, 200)
        mistakes.set_confusions(Confusion("r", 1, "X", "Y", 1, (ConfusedSentence(spaced(words), (0,)),)))
        image = mistakes.list.viewport().grab().toImage()
        danger = QColor(DARK.danger).rgb()
        marked = [
            x for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) == danger
        ]
        assert marked and (min(marked) > image.width() / 2) == (side == "right")


def test_lone_surrogates_and_empty_sentences_are_shown(application):
    assert list(pieces(ConfusedSentence(spaced(("\ud800",)), (0,)), 300.0)) == [("\ufffd", True)]
    assert list(pieces(ConfusedSentence(spaced(()), ()), 300.0)) == []


def test_names_from_a_file_that_is_newer_than_we_are_cannot_be_markup(open_panel, tmp_path):
    path = write_run(tmp_path / "odd", epochs=1, steps=2, tags=("<b>", "%2", "%1"))
    desk, panel = open_panel(path, tags="confusion")
    QApplication.processEvents()
    assert panel.matrix.describe(1, 0).startswith("%2 tagged as <b>: ")
    assert panel.matrix.describe(2, 1).startswith("%1 tagged as %2: ")
    assert msgspec.structs.asdict(desk.runs.current.run)["tags"] == ("<b>", "%2", "%1")
