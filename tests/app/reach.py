"""What can be seen in a window, or be scrolled to."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QScrollArea, QWidget


def out_of_reach(widget: QWidget) -> str:
    """Return what cuts a widget off, "" where it is in the window or can be scrolled to vertically."""
    inner, part = widget, QRect(QPoint(), widget.size())
    while not inner.isWindow():
        outer = inner.parentWidget()
        area = outer.parentWidget() if isinstance(outer.parentWidget(), QScrollArea) else None
        part.translate(inner.pos())
        if area is not None and outer is area.viewport():
            if part.left() < 0 or part.right() > outer.width():
                return f"{part} beside {outer.size()} of {area}"
            most, page = area.verticalScrollBar().maximum(), outer.height()
            if part.top() + area.verticalScrollBar().value() < 0 or inner.height() > most + page:
                return f"{part} beyond what {area} scrolls to"
            part = outer.rect()
        elif not outer.rect().contains(part):
            return f"{part} out of {outer}"
        inner = outer
    return ""
