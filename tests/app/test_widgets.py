"""The widgets that several panels are made of."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QListWidget, QTableWidgetItem, QVBoxLayout, QWidget

from lstm_viz.app.shell.style import style_sheet
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.widgets.buttons import NarrowTab, Tab
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.figure import Background, Figure, draw_cells
from lstm_viz.app.widgets.hover import Hover, HoverWidget
from lstm_viz.app.widgets.panel import SaveButton, TitledPanel
from lstm_viz.app.widgets.pictures import image_of
from lstm_viz.app.widgets.row_table import RowTable
from lstm_viz.app.widgets.scale import paint_ramp
from lstm_viz.app.widgets.tables import Table

CELLS = np.array([[0xFF112233, 0xFF112233, 0xFF445566], [0xFF778899, 0xFFAABBCC, 0xFFAABBCC]], np.uint32)


class Cells(QWidget):
    """Paints cells over a background; ``paints`` counts how often the background was painted."""

    def __init__(self):
        super().__init__()
        self.background, self.paints, self.of = Background(), 0, 0
        self.resize(60, 40)

    def paintEvent(self, event):
        with QPainter(self) as painter:
            self.background.draw(painter, self, "#223344", self.of, self._paint)
            draw_cells(painter, QRectF(10, 10, 30, 20), image_of(CELLS))

    def _paint(self, painter):
        self.paints += 1
        painter.setPen(QColor("#ffffff"))
        painter.drawLine(0, 0, 59, 39)


class Words(HoverWidget):
    def describe_at(self, point):
        return "left" if point.x() < 20 else ""

    def is_clickable(self, point):
        return point.x() < 20


class Letters(TitledPanel):
    """A panel with a list of letters."""

    stem = "letters"

    def __init__(self):
        super().__init__()
        self.list, self.words, self.button = QListWidget(self), Words(self), SaveButton(self)
        self.list.addItems(["a", "s"])
        self.body = (self.list, self.words)
        layout = QVBoxLayout(self)
        for widget in (self.title, *self.body, self.note):
            layout.addWidget(widget)

    def table(self):
        return Table(("letter",), [("a",), ("s",)])


@pytest.fixture
def shown(application, qtbot):
    """Return what shows a widget: ``shown(widget)``."""

    def show(widget):
        qtbot.addWidget(widget)
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        return widget

    return show


def test_a_background_is_painted_once_for_the_screen_and_anew_into_a_figure(shown):
    cells = shown(Cells())
    first = cells.grab().toImage()
    assert cells.grab().toImage() == first and cells.paints == 1
    drawing = Figure(cells).svg()
    assert cells.paints == 2 and b"<image" not in drawing
    assert QImage.fromData(Figure(cells).png()).width() == 2 * cells.width() and cells.paints == 3
    cells.of = 1
    assert cells.grab().toImage() == first and cells.paints == 4


def test_cells_are_one_image_on_the_screen_and_rectangles_in_a_drawing(shown):
    cells = shown(Cells())
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#223344"))
    with QPainter(image) as painter:
        painter.drawImage(QRectF(10, 10, 30, 20), image_of(CELLS), QRectF(0, 0, 3, 2))
    place = QRect(10, 10, 30, 20)
    assert cells.grab().toImage().copy(place).convertToFormat(image.format()) == image.copy(place)
    drawing = Figure(cells).svg().decode()
    for colour in ("#112233", "#445566", "#778899", "#aabbcc"):
        assert drawing.count(colour) >= 1  # neighbours of one colour are one rectangle


def test_what_is_under_the_mouse_is_described(shown, qtbot):
    words = Words()
    words.resize(60, 40)
    words.set_theme(LIGHT)
    shown(words)
    qtbot.mouseMove(words, QPointF(5, 5).toPoint())
    hover = words.findChild(Hover)
    qtbot.waitUntil(hover.isVisible)
    assert hover.text() == "left" and words.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert LIGHT.raised in hover.styleSheet()
    qtbot.mouseMove(words, QPointF(50, 5).toPoint())
    qtbot.waitUntil(hover.isHidden)
    assert words.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_one_description_is_shown_in_a_window(shown):
    window = QWidget()
    one, other = Hover(QWidget(window)), Hover(QWidget(window))
    shown(window)
    one.show_at(QPointF(1, 1), "one")
    other.show_at(QPointF(2, 2), "other")  # without a leave event of the first widget
    assert (one.isVisible(), other.isVisible()) == (False, True)
    one.show_at(QPointF(1, 1), "one")
    assert (one.isVisible(), other.isVisible()) == (True, False)


def test_a_panel_shows_its_body_or_a_note(shown):
    panel = shown(Letters())
    panel.show_note("nothing yet")
    assert panel.is_empty and panel.note.text() == "nothing yet" and not panel.list.isVisible()
    assert not panel.is_ready and not panel.button.isEnabled() and panel.note.objectName() == "muted"
    panel.show_note("it failed", is_error=True)
    assert panel.note.objectName() == "error"
    assert "\n#error {" not in style_sheet(DARK), "a rule for any widget of that name would frame its text"
    panel.show_body(ready=False)
    assert not panel.is_empty and panel.list.isVisible() and not panel.button.isEnabled()
    panel.show_body()
    assert panel.is_ready and panel.button.isEnabled()


def test_a_theme_reaches_the_parts_of_a_panel(shown):
    panel = shown(Letters())
    for theme in (LIGHT, DARK):
        panel.set_theme(theme)
        assert theme.raised in panel.findChild(Hover).styleSheet()


def test_the_key_of_a_panel_is_not_taken_from_a_list_that_searches(shown, qtbot):
    panel = shown(Letters())
    panel.show_body()
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_S)
    assert panel.list.currentItem().text() == "s" and panel.findChild(QFileDialog) is None
    qtbot.keyClick(panel.words, Qt.Key.Key_S)
    dialog = panel.findChild(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("letters.png")
    dialog.reject()


def test_a_chooser_without_a_choice_is_hidden(shown):
    window = QWidget()
    chooser = Chooser("Layer", window)
    shown(window)
    signals = []
    chooser.currentIndexChanged.connect(signals.append)
    chooser.offer([("one", 1), ("two", 2)], 2)
    assert chooser.isVisible() and chooser.currentData() == 2
    chooser.offer([("one", 1)], 1)
    assert not chooser.isVisible() and chooser.currentData() == 1
    chooser.show_data(3)
    assert chooser.currentIndex() == -1 and not signals
    assert chooser.accessibleName() == chooser.toolTip() == "Layer"


@pytest.mark.parametrize("kind", [Tab, NarrowTab])
def test_a_tab_is_as_wide_whether_it_is_selected_or_not(shown, kind):
    tab = shown(kind("Words"))
    tab.fit("Words")
    widths = set()
    for checked in (False, True):
        tab.setChecked(checked)
        widths.add(tab.minimumWidth())
    assert len(widths) == 1 and widths.pop() >= tab.fontMetrics().horizontalAdvance("Words")


def test_a_label_of_a_scale_is_left_out_where_it_would_touch_another(application):
    """Both ends are painted in any case."""

    def painted(width, labels):
        image = QImage(width, 24, QImage.Format.Format_ARGB32)
        image.fill(0)
        with QPainter(image) as painter:
            paint_ramp(painter, QRectF(0, 0, width, 6), np.full(9, 0xFF000000, np.uint32), labels, DARK)
        return image.copy(0, 9, width, 15)

    assert painted(80, ("≤ 1e−6", "1e−3", "≥ 1")) == painted(80, ("≤ 1e−6", "", "≥ 1"))
    assert painted(300, ("≤ 1e−6", "1e−3", "≥ 1")) != painted(300, ("≤ 1e−6", "", "≥ 1"))


def test_home_and_end_go_to_the_ends_of_a_table(application, qtbot):
    table = RowTable()
    qtbot.addWidget(table)
    table.setRowCount(100)
    table.setColumnCount(3)
    table.setCurrentCell(4, 1)
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert (table.currentRow(), table.currentColumn()) == (99, 1)
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert (table.currentRow(), table.currentColumn()) == (0, 1)


def test_the_texts_of_a_table_are_below_its_headers(application, qtbot):
    application.setStyleSheet(style_sheet(DARK))
    table = RowTable()
    qtbot.addWidget(table)
    table.setRowCount(1)
    table.setColumnCount(2)
    table.setHorizontalHeaderLabels(["Effect", "Effect"])
    table.setItem(0, 1, QTableWidgetItem("Effect"))
    table.resize(400, 100)
    table.show()
    qtbot.waitExposed(table)
    cell = table.visualItemRect(table.item(0, 1)).translated(table.viewport().pos())
    names = QRect(cell.left(), 1, cell.width(), cell.top() - 1)
    lefts = [_first_column(table.grab(place).toImage()) for place in (names, cell)]
    application.setStyleSheet("")
    assert lefts[0] == lefts[1]


def _first_column(image):
    """Return the first column of pixels with a text on the dark ground."""
    rows = range(image.height())
    return next(
        x for x in range(image.width()) if any(image.pixelColor(x, y).lightness() > 100 for y in rows)
    )
