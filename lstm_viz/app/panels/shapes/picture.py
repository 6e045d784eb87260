"""The picture of the shapes, which describes the number under the mouse, with the code that prints it."""

from functools import cached_property

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.shapes import code
from lstm_viz.app.panels.shapes.layout import Layout
from lstm_viz.app.panels.shapes.shapes_painter import ShapesPainter
from lstm_viz.app.panels.shapes.tensors import Entry
from lstm_viz.app.panels.shapes.texts import (
    batch_size_text,
    entry_text,
    parameter_text,
    sizes_text,
    states_lines,
    verdict,
)
from lstm_viz.app.panels.shapes.view_model import ShapesViewModel
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.painting import plain

_NARROWEST = 300


class ShapesPicture(HoverWidget):
    """Paints the tensors and parameters of a `ShapesViewModel`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ShapesViewModel | None = None
        self._hover.set_theme(self._theme)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Shapes of the module"))
        self.setWhatsThis(
            self.tr(
                "The tensors of a call, as Python prints them: the first axis from top to bottom, the second "
                "from left to right, the last one within each cell. Filled is the final hidden state of the "
                "last layer, in h_n and where it is in the output; hatched is padding. The dashed frame is "
                "output[-1]. Below are the parameters, with the rows of each gate."
            )
        )

    def set_shown(self, shown: ShapesViewModel | None, theme: Theme) -> None:
        """Draw shapes, None for nothing."""
        if theme is not self._theme:
            self.set_theme(theme)
        before, self._shown = self._shown, shown
        if shown is not None and shown.looks_like(before):
            return  # a key changes the numbers alone, which only the mouse asks for
        self.__dict__.pop("layout_", None)
        self._hover.hide()
        self.setAccessibleDescription(self.accessible_text())
        self.updateGeometry()
        self.update()

    @cached_property
    def layout_(self) -> Layout | None:
        """The blocks as drawn."""
        return self._shown.layout(float(self.width() - 1)) if self._shown else None

    def accessible_text(self) -> str:
        """Return the sizes, and where h_n is in the output."""
        if self._shown is None:
            return ""
        blocks = self._shown.layout(_NARROWEST).tensors.values()
        sizes = [f"{tensor.name} {sizes_text(tensor.sizes)}" for tensor in blocks]
        return ", ".join((*sizes, verdict(self._shown.of), *states_lines(self._shown.of)))

    # ------------------------------------------------------------ Qt

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        height = self._shown.layout(_NARROWEST).height if self._shown else 0
        return QSize(_NARROWEST, int(height) + 1)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.__dict__.pop("layout_", None)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.layout_ is not None:
            with QPainter(self) as painter:
                ShapesPainter(painter, self.layout_, self._theme).paint()

    # ------------------------------------------------------------ texts

    def describe_at(self, point: QPointF) -> str:
        layout, shown = self.layout_, self._shown
        if layout is None or shown is None:
            return ""
        for block in layout.blocks.values():
            entry, step = block.entry_at(point), block.batch_size_at(point)
            if entry is not None:
                return self._described(shown, entry)
            if step is not None:
                lines = code.batch_size_code(shown.of, step)
                return "\n".join((batch_size_text(shown.of, step), "", *lines))
        return self._parameter_at(layout, shown, point)

    def _described(self, shown: ShapesViewModel, entry: Entry) -> str:
        value = shown.value(entry)
        number = () if value is None else (f"→ {plain(value)}",)
        return "\n".join((entry_text(entry, shown.of), "", *code.entry_code(shown.of, entry), *number))

    def _parameter_at(self, layout: Layout, shown: ShapesViewModel, point: QPointF) -> str:
        for block in layout.parameter_blocks:
            index = block.index_at(point)
            if index is not None:
                lines = shown.parameter_code(block.parameter, index)
                return "\n".join((parameter_text(block.parameter, index), "", *lines))
        return ""
