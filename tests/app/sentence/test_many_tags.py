"""Many and long tags, as a treebank with features has: readable in scores, table, chips and trellis."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from lstm_viz.app.panels.scores.score_rows import ScoreRows
from lstm_viz.app.panels.scores.table_widths import SCORE_WIDTH, TableWidths
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.theme import DARK
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.tag_label import fitted_tag
from tests.app.sentence.chained_engine import MANY_TAGS

TEXT = "the dog ate the apple everybody read that book"
LONG = "NOUN|Case=Nom|Gender=Masc|Number=Sing"


@pytest.fixture
def person(open_session, chained):
    person = open_session(chained, Selection(model="many", text=TEXT, motion=False))
    person.settle()
    person.resizes(1366, 768)
    return person


def _width(text):
    return QFontMetricsF(text_font(11, bold=True)).horizontalAdvance(text)


def test_a_tag_is_whole_then_without_the_names_of_its_features_then_elided(application):
    assert fitted_tag(LONG, 11, _width(LONG)) == LONG
    assert fitted_tag(LONG, 11, _width(LONG) - 5) == "NOUN|Nom|Masc|Sing"
    short = fitted_tag(LONG, 11, _width("NOUN|Nom|Masc|Sing") - 5)
    assert short.startswith("NOUN") and short.endswith("Sing") and "…" in short
    assert fitted_tag("NOUN=x", 11, _width("NOUN=x")) == "NOUN=x"


# ---------------------------------------------------------------- the table


def test_each_row_of_the_table_begins_with_word_tag_and_score(person):
    model, reading = person.page.table.model, person.reading
    for row, word in enumerate(reading.words):
        texts = [model.text(row, column) for column in range(3)]
        score = reading.scores[row, reading.model.tags.index(word.tag)]
        assert texts == [word.text, word.tag, f"{score:.4f}".replace("-", "−")]
    view = person.page.table.view
    assert not view.isColumnHidden(2)
    assert view.columnViewportPosition(2) + view.columnWidth(2) <= view.viewport().width()


def test_tags_that_do_not_all_fit_are_in_the_order_of_their_scores(person):
    table = person.page.table.table()
    expected = np.exp(person.reading.scores.astype(float)).sum(axis=0)
    counts = [expected[MANY_TAGS.index(tag)] for tag in table.header[3:]]
    assert sorted(table.header[3:]) == sorted(MANY_TAGS)
    assert counts == sorted(counts, reverse=True)
    numbers = [float(cell.shown.replace("−", "-")) for cell in table.rows[1][3:]]
    wanted = [person.reading.scores[1, MANY_TAGS.index(tag)] for tag in table.header[3:]]
    np.testing.assert_allclose(numbers, wanted, atol=6e-5)


def test_the_header_has_the_whole_tag_for_tool_tips_and_screen_readers(person):
    model = person.page.table.model
    title = person.page.table.table().header[5]
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        assert model.headerData(5, Qt.Orientation.Horizontal, role) == title


def test_a_double_click_opens_the_tag_of_its_column(person):
    view, model = person.page.table.view, person.page.table.model
    place = view.visualRect(model.index(1, 3)).center()
    person.bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    person.bot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert person.session.state.selection.opened.tag == model.tag(1, 3)


@pytest.mark.parametrize("room", [150, 185, 250, 300, 500])
@pytest.mark.parametrize(("tags", "label"), [(1, 40.0), (3, 40.0), (17, 40.0), (303, 200.0)])
def test_words_take_the_room_that_is_left(room, tags, label):
    widths = TableWidths.fit(room, 130, label, tags)
    used = widths.word + widths.tag + widths.number * tags
    if widths.all_fit:
        assert used <= room and (widths.word == 130 or used == room)
    else:
        assert used > room and widths.word + widths.tag + SCORE_WIDTH <= room


# ---------------------------------------------------------------- the scores


def test_long_tags_stand_above_their_bars(application):
    area = QRectF(14, 46, 250, 180)
    rows = ScoreRows.fit(area, 8, MANY_TAGS, DARK)
    assert rows.shown(303) == 8
    assert rows.stacked and rows.names >= 180
    for row in rows.rows:
        assert rows.label(row).bottom() <= rows.bar(row).top() < rows.bar(row).bottom() <= row.bottom()
        assert rows.label(row).right() <= area.right() - 60
    assert not ScoreRows.fit(area, 3, ("DET", "NN", "V"), DARK).stacked


def test_the_tool_tip_of_a_row_has_its_whole_tag(person):
    scores = person.page.scores
    tag, row = scores.tag_places()[0]
    place = row.center().toPoint()
    QApplication.sendEvent(scores, QHelpEvent(QHelpEvent.Type.ToolTip, place, scores.mapToGlobal(place)))
    assert QToolTip.text().startswith(tag)
    QToolTip.hideText()


# ---------------------------------------------------------------- the trellis


def _trellis(person):
    return person.page.matrix.trellis


def test_the_rows_of_the_trellis_scroll_with_the_best_path_first(person):
    nodes, path = _trellis(person).nodes, person.reading.trellis.path
    assert nodes.rows.hidden > 0 and nodes.row_height >= 12 and _trellis(person).scroll_bar.isVisible()
    assert nodes.rows.order[: len(set(path))].tolist() == list(dict.fromkeys(path))
    assert sorted(nodes.rows.order) == list(range(303))
    assert nodes.cells.bottom() <= _trellis(person).height()


def test_the_trellis_scrolls_to_the_best_path_at_the_playhead(person):
    shown = _trellis(person)
    for step in (0, 4, 8):
        shown.scroll_bar.setValue(shown.scroll_bar.maximum())
        assert person.reading.trellis.path[step] not in shown.nodes.rows.visible
        person.session.state.step_to((step + 1) % 9)
        person.session.state.step_to(step)
        assert person.reading.trellis.path[step] in shown.nodes.rows.visible


def test_the_wheel_scrolls_the_rows_of_the_trellis_and_not_the_columns(person):
    shown, columns = _trellis(person), person.page.matrix.columns
    place = QPointF(shown.rect().center())
    event = QWheelEvent(
        place, QPointF(shown.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(shown, event)
    assert shown.nodes.rows.first == 3 == shown.scroll_bar.value()
    assert person.page.matrix.columns == columns


def test_the_mouse_tells_the_whole_name_of_a_shortened_label(person):
    shown = _trellis(person)
    tag, place = next(iter(shown.nodes.names().items()))
    assert shown.describe_at(place.center()) == MANY_TAGS[tag]
