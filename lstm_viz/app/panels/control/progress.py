"""The phase and the progress of a run, from its status and control, with labels and colours."""

from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.theme import Theme
from lstm_viz.runs.folder import Control

Phase = Literal[
    "none", "starting", "training", "pausing", "paused", "stopping", "stopped", "finished", "failed", "died",
    "unknown",
]  # fmt: skip

_RECENT = 200
#: A gap between two steps that is so many times the median was a pause, and does not count for the pace.
_PAUSE = 20.0


def phase_of(data: RunData | None, live: bool, loads: bool = False) -> Phase:
    """Return the phase of a run, in which requests count as soon as they are made.

    ``live`` is whether a trainer works on the run, ``loads`` whether the status is still that from before
    this trainer. "unknown" is a folder without a status from its writer, or one that cannot be read.
    """
    if data is None:
        return "none"
    if data.error:
        return "unknown"
    if loads:
        return "stopping" if data.control.stop else "starting"
    return _live_phase(data) if live else _last_phase(data)


def _last_phase(data: RunData) -> Phase:
    status = data.status
    if status is None:  # a damaged status does not tell how the run ended
        unknown = data.run is None or data.run.settings is None or data.damage
        return "unknown" if unknown else "died"
    return status.phase if status.phase in ("stopped", "finished", "failed") else "died"


def _live_phase(data: RunData) -> Phase:
    status = data.status
    if status is not None and status.phase == "finished":
        return "finished"  # its trainer is exiting
    if data.control.stop:
        return "stopping"
    if status is None or status.phase not in ("training", "paused"):
        return "starting"
    if is_limit_reached(data.control, data.step, data.epoch):
        return "paused" if status.phase == "paused" else "pausing"
    return "training"


def is_limit_reached(control: Control, step: int, epoch: int) -> bool:
    """Return whether the trainer waits at this step and epoch."""
    return (control.until_step is not None and step >= control.until_step) or (
        control.until_epoch is not None and epoch >= control.until_epoch
    )


def can_resume(data: RunData | None, phase: Phase) -> bool:
    """Return whether a run can be resumed: it was stopped, died, or failed without divergence.

    It can also be resumed if it is not known how it ended.
    """
    if data is None or data.run is None or data.run.settings is None or data.step >= data.run.steps:
        return False
    diverged = data.status is not None and data.status.divergence is not None
    unknown = phase == "unknown" and not data.error
    return phase in ("stopped", "died") or unknown or (phase == "failed" and not diverged)


def share_done(data: RunData) -> float:
    """Return the completed share of a run, 0 to 1."""
    planned = data.run.steps if data.run else 0
    return min(1.0, data.step / planned) if planned else 0.0


def seconds_left(data: RunData) -> float | None:
    """Return the remaining time of a run at the pace of its last steps; None if there are too few."""
    times = data.steps.column("time")[-_RECENT:]
    gaps = np.diff(times[np.isfinite(times)])
    gaps = gaps[gaps > 0]
    if data.run is None or len(gaps) < 2:
        return None
    usual = gaps[gaps <= _PAUSE * np.median(gaps)]
    return float(usual.mean() * max(0, data.run.steps - data.step))


def duration(seconds: float) -> str:
    """Return a duration in short form: 8s, 1m12s, 2h05m."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600:,}h{whole % 3600 // 60:02}m"


def rate(tokens_per_second: float) -> str:
    """Return a rate with three digits: 38.2k."""
    if tokens_per_second < 1000:
        return f"{tokens_per_second:.0f}"
    if tokens_per_second < 1e6:
        return f"{tokens_per_second / 1e3:.3g}k"
    return f"{tokens_per_second / 1e6:.3g}M"


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
        return theme.good
    if phase in ("pausing", "paused", "stopping"):
        return theme.text
    return theme.muted
