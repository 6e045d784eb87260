"""The labels and colours of the phases of a run."""

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.panels.control.progress import Phase
from lstm_viz.app.theme import Theme

#: Marked here for Qt's lupdate.
_NAMES: dict[Phase, Any] = {
    "none": "",
    "starting": QT_TRANSLATE_NOOP("Phase", "starting…"),
    "training": QT_TRANSLATE_NOOP("Phase", "training"),
    "pausing": QT_TRANSLATE_NOOP("Phase", "pausing…"),
    "paused": QT_TRANSLATE_NOOP("Phase", "paused"),
    "stopping": QT_TRANSLATE_NOOP("Phase", "stopping…"),
    "stopped": QT_TRANSLATE_NOOP("Phase", "stopped"),
    "finished": QT_TRANSLATE_NOOP("Phase", "finished"),
    "failed": QT_TRANSLATE_NOOP("Phase", "failed"),
    "died": QT_TRANSLATE_NOOP("Phase", "died"),
    "unknown": "",
}


def phase_name(phase: Phase) -> str:
    """Return the label of a phase."""
    name = _NAMES[phase]
    return QCoreApplication.translate("Phase", name) if name else ""


def phase_colour(phase: Phase, theme: Theme) -> str:
    """Return the colour of a phase's label."""
    if phase in ("failed", "died"):
        return theme.danger
    if phase in ("starting", "training"):
        return theme.ink["i"]
    if phase in ("pausing", "paused", "stopping"):
        return theme.ink["c"]
    return theme.muted
