"""A person's hands: the mouse on the real window, as its own events."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

WORDS = ("The", "dog", "ate", "the", "apple")
LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier


def value(person, name, column, unit):
    return float(person.reading.view.quantities[name][column, unit])


def right_click(person, widget, place):
    """Click as the window system does: the menu comes with its own event."""
    QTest.mouseClick(person.window.windowHandle(), RIGHT, NONE, widget.mapTo(person.window, place))
    QApplication.processEvents()
    return person.page.edit_actions.menu


def menu_of(person, name, column, unit):
    cell = person.band(name).cell(column, unit)
    return right_click(person, person.page.matrix.heatmaps, cell.center().toPoint())


def texts(menu):
    """Return the entries about edits: the last one saves the panel, and is the same in every menu."""
    *actions, separator, save = menu.actions()
    assert separator.isSeparator() and save.objectName() == "panel.save"
    return [action.text() for action in actions if not action.isSeparator()]


def escape(person):
    """Close the menu by its key."""
    QTest.keyClick(person.page.edit_actions.menu.windowHandle(), Qt.Key.Key_Escape)
    person.wait(lambda: person.page.edit_actions.menu is None)


def choose(person, menu, *lines):
    """Click one line of the menu after the other, into the menus below it."""
    for line in lines:
        person.wait(menu.isVisible)  # a menu below another opens after a moment
        action = next(action for action in menu.actions() if action.text() == line)
        below, place = action.menu(), menu.actionGeometry(action).center()
        QTest.mouseClick(menu.windowHandle(), LEFT, NONE, place)
        menu = below
    QApplication.processEvents()
    person.settle()


def place_of(diagram, name):
    """Return the middle of a gate's bar, or of the number beside a wire."""
    layout = diagram.layout_now()
    if name in layout.nodes:
        return layout.nodes[name].groove.center().toPoint()
    return next(p for p in layout.labels if p.label.number == name).number_rect.center().toPoint()


def press(diagram, place):
    QTest.mousePress(diagram, LEFT, NONE, place)


def move(diagram, place):
    """Move with the button held, as the window system tells it."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    at = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, QPointF(diagram.mapToGlobal(place)), Qt.MouseButton.NoButton, LEFT, NONE
    )
    QApplication.sendEvent(diagram, event)


def drag(person, name, *ways):
    """Drag a number of the diagram by these ways, one after the other, and let go."""
    diagram = person.page.step_panel.diagram
    place = place_of(diagram, name)
    press(diagram, place)
    move(diagram, place + QPoint(QApplication.startDragDistance(), 0))
    start = place + QPoint(QApplication.startDragDistance(), 0)
    for way in ways:
        move(diagram, start + way)
        person.settle()
    QTest.mouseRelease(diagram, LEFT, NONE, start + ways[-1])
    person.settle()
