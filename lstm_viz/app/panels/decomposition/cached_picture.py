"""A cached pixmap for the static part of a plot: titles, axes and legends."""

from collections.abc import Callable

from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from lstm_viz.app.theme import Theme


class CachedPicture:
    """A pixmap of the size of its widget, repainted only when it would look different."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._of: object = None

    def picture(
        self, widget: QWidget, theme: Theme, of: object, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        """Return what ``paint`` paints on the panel's background; ``of`` is all that it depends on."""
        key = (of, theme.name, widget.size(), widget.devicePixelRatio())
        if key != self._of:
            self._picture = QPixmap(widget.size() * widget.devicePixelRatio())
            self._picture.setDevicePixelRatio(widget.devicePixelRatio())
            self._picture.fill(QColor(theme.panel))
            with QPainter(self._picture) as painter:
                paint(painter)
            self._of = key
        return self._picture
