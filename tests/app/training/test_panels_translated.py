"""Every text of these panels goes through Qt's translation."""

import re

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from lstm_viz.app.panels.gradient_flow.gradient_flow_panel import GradientFlowPanel
from lstm_viz.app.panels.history.history_panel import HistoryPanel
from lstm_viz.app.panels.tags.tags_panel import TagsPanel
from lstm_viz.messages import ConfusionQuery, GradientFlowQuery
from tests.runs_support import write_run


class Marker(QTranslator):
    """Translates "word" to "⟦word⟧"."""

    def isEmpty(self):
        return False

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"⟦{source}⟧" if source else source


@pytest.fixture
def panels(open_desk, application, tmp_path):
    marker = Marker()
    application.installTranslator(marker)
    desk = open_desk(write_run(tmp_path / "run", epochs=3, steps=9))
    made = (
        HistoryPanel(desk.state, desk.runs, desk.queries),
        GradientFlowPanel(desk.state, desk.runs, desk.queries),
        TagsPanel(desk.state, desk.runs, desk.queries),
    )
    for panel in made:
        desk.show(panel)
    yield desk, made
    application.removeTranslator(marker)
    QApplication.processEvents()


def texts_of(widget):
    yield from (widget.toolTip(), widget.accessibleName())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(k) for k in range(widget.count()))
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()


def unmarked(panels):
    widgets = [w for panel in panels for w in (panel, *panel.findChildren(QWidget))]
    seen = {text for widget in widgets for text in texts_of(widget)} - {"The dog ate the apple"}
    return sorted(text for text in seen if "⟦" not in text and re.search(r"[^\W\d_]", text))


def test_nothing_is_left_in_english(panels):
    desk, made = panels
    assert unmarked(made) == []
    desk.answer()
    desk.answer(desk.link.last(GradientFlowQuery))
    made[2].list_confused(0, 1)
    desk.settle()
    desk.answer(desk.link.last(ConfusionQuery))
    assert unmarked(made) == []
    desk.state.pick_model("preset:tutorial")
    assert unmarked(made) == []


def test_painted_and_accessible_texts_are_translated_too(panels):
    desk, (history, flow, tags) = panels
    desk.answer()
    desk.answer(desk.link.last(GradientFlowQuery))
    assert all("⟦" in text for text in (history.strip.page(0).title, flow.matrix._column_name()))
    assert "⟦" in flow.matrix.describe(1, 0) and "⟦" in tags.matrix.describe(0, 1)
    assert all("⟦" in name for name, _ in tags.bars._columns())
    assert "⟦" in tags.bars.describe(0) and "⟦" in history.strip.accessibleDescription()


def test_every_control_has_a_name(panels):
    from PySide6.QtGui import QAccessible

    _, made = panels
    kinds = (QAbstractButton, QComboBox, QLineEdit)
    controls = [w for panel in made for kind in kinds for w in panel.findChildren(kind) if w.isVisible()]
    assert len(controls) >= 9
    assert all(QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name) for w in controls)
