"""The chooser of models: presets, files that were opened, and readable runs, with separators between them."""

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_lists import RunEntry
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import set_line_tip, set_tip
from lstm_viz.app.widgets.spoken import name_combo_box
from lstm_viz.messages import ModelName
from lstm_viz.uris import of_run

#: The width of a list without its texts: margins and the scroll bar.
_FRAME = 48
_WIDEST = 640
_MARGIN = 4
_DOT = " · "


class ModelChooser(QComboBox):
    """A combo box of models; the data of an item is the model's URI.

    Titles that do not fit are elided at their front: they begin alike and differ at the end.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        name_combo_box(self, name)
        set_tip(self, name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def fill(
        self, models: Sequence[ModelName], entries: Sequence[RunEntry], current: RunData | None = None
    ) -> None:
        """List these models and runs, and ``current`` if it is not among them."""
        lines = [(shown_text(model.title), model.uri) for model in models]
        lines += [(shown_text(e.name), of_run(e.path)) for e in entries if e.run is not None]
        if current is not None and current.uri not in (uri for _, uri in lines):
            lines.append((shown_text(current.name), current.uri))
        if lines == self._listed():
            return
        with QSignalBlocker(self):
            self.clear()
            for place, (title, uri) in enumerate(lines):
                if place and _scheme(uri) != _scheme(lines[place - 1][1]):
                    self.insertSeparator(self.count())
                self.addItem(title, uri)
                set_line_tip(self, self.count() - 1, title)
        widest = max(self.fontMetrics().horizontalAdvance(title) for title, _ in lines)
        self.view().setMinimumWidth(min(widest + _FRAME, _WIDEST))

    def _listed(self) -> list[tuple[str, str]]:
        places = (k for k in range(self.count()) if self.itemData(k) is not None)
        return [(self.itemText(k), self.itemData(k)) for k in places]

    def show_model(self, uri: str, about: str = "") -> None:
        """Select a model; none if it is not listed. Its title and what it is ``about`` are the tool tip."""
        place = self.findData(uri)
        with QSignalBlocker(self):
            self.setCurrentIndex(place)
        self.setPlaceholderText("" if place >= 0 else shown_text(PurePath(uri).name))
        title = self.itemText(place) if place >= 0 else self._name
        set_tip(self, f"{title}\n{about}" if about else title)

    @property
    def shown(self) -> str:
        """The title as it is painted, elided if it does not fit."""
        return self._option().currentText

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - _MARGIN
        option.currentText = shortened(option.currentText, self.fontMetrics(), room)
        return option

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), self._option()
        with painter:
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def _scheme(uri: str) -> str:
    return uri.partition(":")[0]


def shortened(title: str, metrics: QFontMetrics, room: int) -> str:
    """Return the title elided to ``room`` pixels: as many whole parts at its end as fit."""
    if metrics.horizontalAdvance(title) <= room:
        return title
    parts = title.split(_DOT)
    for k in range(1, len(parts)):
        head, tail = _DOT.join(parts[:k]), _DOT + _DOT.join(parts[k:])
        left = room - metrics.horizontalAdvance(tail)
        if left >= metrics.horizontalAdvance("…"):
            return metrics.elidedText(head, Qt.TextElideMode.ElideRight, left) + tail
    return metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room)
