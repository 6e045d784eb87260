"""Where a dialog opens so that what it changes can still be seen."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize


def beside(size: QSize, page: QRect, shown: Sequence[QRect], screen: QRect) -> QPoint:
    """Return the upper left corner of a dialog of this ``size``, frame included.

    It is at the lower right of the ``page``, or where it covers less of what is to be ``shown``: at the lower
    left, to the right or to the left of the page; always whole on the ``screen``. All are in pixels of the
    screen.
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
