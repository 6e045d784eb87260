"""The context menu and the keys of a plot."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu

from lstm_viz.app.panels.curves.plot import Range

if TYPE_CHECKING:
    from lstm_viz.app.panels.curves.curve_panel import CurvePanel


def menu_of(panel: "CurvePanel") -> QMenu:
    """Return the context menu of the plot."""
    menu = QMenu(panel)
    log = QAction(panel.tr("Logarithmic values") + "\tL", menu)
    log.setCheckable(True)
    log.setChecked(panel.is_log)
    log.setEnabled(panel.log_name() is not None)
    log.triggered.connect(panel.toggle_log)
    for name, slot in (
        (panel.tr("Show all") + "\t0", panel.show_all),
        (panel.tr("Zoom in") + "\t+", lambda: panel.plot.box.zoom_steps(0.5)),
        (panel.tr("Zoom out") + "\t−", lambda: panel.plot.box.zoom_steps(2.0)),
    ):
        menu.addAction(name).triggered.connect(slot)
    menu.addAction(log)
    menu.addSeparator()
    menu.addAction(panel.save_action)
    return menu


def take_key(panel: "CurvePanel", event: QKeyEvent) -> bool:
    """Handle a key; return whether it has an action."""
    box, shift = panel.plot.box, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    match event.key():
        case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
            box.zoom_steps(0.5)
        case Qt.Key.Key_Minus:
            box.zoom_steps(2.0)
        case Qt.Key.Key_0:
            panel.show_all()
        case Qt.Key.Key_L:
            panel.toggle_log()
        case Qt.Key.Key_Left | Qt.Key.Key_Right as key:
            by = -1 if key == Qt.Key.Key_Left else 1
            box.move_steps(by / 10) if shift else panel.pick(by)
        case Qt.Key.Key_Home | Qt.Key.Key_End as key:
            panel.pick(-(10**9) if key == Qt.Key.Key_Home else 10**9)
        case _:
            return False
    return True


def clamped(low: float, high: float, last: float, fewest: float = 4.0) -> Range | None:
    """Return the range of steps within 0 … ``last`` that is nearest to the requested one; None for all.

    It has at least ``fewest`` steps.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    width = max(high - low, fewest)
    if width >= last:
        return None
    start = min(max((low + high - width) / 2, 0.0), last - width)
    return start, start + width
