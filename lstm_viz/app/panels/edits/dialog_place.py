"""The position of a dialog such that its effects stay visible."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize


def beside(size: QSize, page: QRect, shown: Sequence[QRect], screen: QRect) -> QPoint:
    """Return the upper left corner for a dialog of this ``size``, frame included.

    It is at the lower right of the ``page``, or where it covers less of the ``shown`` rectangles: at the
    lower left, or to the right or left of the page; always within the ``screen``. All are in screen
    coordinates.
    """
    low = page.bottom() - size.height() + 1
    lefts = (
        page.right() - size.width() + 1,
        page.left(),
        page.right() + 1,
        page.left() - size.width(),
    )
    places = [_on(screen, QRect(QPoint(left, low), size)) for left in lefts]
    return min(places, key=lambda place: sum(_covered(place, each) for each in shown)).topLeft()


def _on(screen: QRect, place: QRect) -> QRect:
    """Return ``place``, moved onto the screen."""
    left = max(screen.left(), min(place.left(), screen.right() - place.width() + 1))
    top = max(screen.top(), min(place.top(), screen.bottom() - place.height() + 1))
    return QRect(QPoint(left, top), place.size())


def _covered(place: QRect, shown: QRect) -> int:
    both = place & shown
    return both.width() * both.height() if both.isValid() else 0
