"""What no number changes, painted once and kept: titles, axes and legends."""

from collections.abc import Callable

from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from lstm_viz.app.theme import Theme


class Ground:
    """A picture as large as its widget, painted anew when it would look different."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._of: object = None

    def picture(
        self, widget: QWidget, theme: Theme, of: object, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        """Return what ``paint`` paints on the panel's ground; ``of`` is all that it depends on."""
        wanted = (of, theme.name, widget.size(), widget.devicePixelRatio())
        if wanted != self._of:
            self._picture = QPixmap(widget.size() * widget.devicePixelRatio())
            self._picture.setDevicePixelRatio(widget.devicePixelRatio())
            self._picture.fill(QColor(theme.panel))
            with QPainter(self._picture) as painter:
                paint(painter)
            self._of = wanted
        return self._picture
