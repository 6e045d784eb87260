"""Three lines with the progress, the pace and the last checkpoint of a run."""

from time import time

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lstm_viz.app.panels.control.progress import Phase, duration, rate, seconds_left
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.painting import number_font


class RunStatus(QWidget):
    """Shows the progress of a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place, self.pace, self.safety = ElidedLabel(self), ElidedLabel(self), ElidedLabel(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for label in (self.place, self.pace, self.safety):
            label.setObjectName("muted")
            layout.addWidget(label)
        self.pace.setFont(number_font(11))

    def show_run(self, data: RunData | None, phase: Phase) -> None:
        """Show the progress of ``data`` in ``phase``."""
        self.place.show_text(self._place(data, phase))
        self.pace.show_text(self._pace(data, phase))
        self.safety.show_text(self._safety(data, phase))
        self.safety.setVisible(data is not None)

    def _place(self, data: RunData | None, phase: Phase) -> str:
        if data is None:
            return self.tr("Choose settings and press Train, or pick a run below.")
        if data.run is None:
            return data.error or self.tr("The trainer reads the corpus…")
        live = phase in ("training", "pausing", "paused")
        epoch = (
            min(data.run.epochs, data.step // max(1, data.run.steps_per_epoch) + 1) if live else data.epoch
        )
        text = self.tr("epoch %1 of %2 · step %3 of %4")
        numbers = epoch, data.run.epochs, data.step, data.run.steps
        for place, number in enumerate(numbers, 1):
            text = text.replace(f"%{place}", f"{number:,}")
        left = seconds_left(data) if phase == "training" else None
        if left is None:
            return text
        return text + " · " + self.tr("%1 left").replace("%1", duration(left))

    def _pace(self, data: RunData | None, phase: Phase) -> str:
        if data is None:
            return ""
        parts = []
        speed = data.status.tokens_per_second if data.status else None
        if speed is not None and phase in ("training", "pausing", "paused"):
            parts.append(self.tr("%1 tokens/s").replace("%1", rate(speed)))
        if data.best_accuracy is not None:
            parts.append(self.tr("best accuracy %1").replace("%1", f"{data.best_accuracy:.4f}"))
        if data.run is not None:
            parts.append(self.tr("on %1").replace("%1", data.run.device))
        return " · ".join(parts)

    def _safety(self, data: RunData | None, phase: Phase) -> str:
        if data is None:
            return ""
        kept = next((line for line in reversed(data.epochs) if line.checkpoint), None)
        if kept is None:
            return self.tr("no checkpoint yet")
        if phase not in ("starting", "training", "pausing", "paused") or kept.time is None:
            return self.tr("last checkpoint: epoch %1").replace("%1", f"{kept.epoch:,}")
        ago = duration(max(0.0, time() - kept.time))
        return self.tr("last checkpoint %1 ago · safe to close").replace("%1", ago)
