"""The question before the window closes while it trains."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.plain_text import message_box


class Quitting(QObject):
    """Asks whether trainings continue in the background, are stopped, or the window stays open."""

    def __init__(self, window: QWidget, trainer: Trainer) -> None:
        super().__init__(window)
        self._window, self._trainer = window, trainer
        self._box: QMessageBox | None = None
        self._answers: dict[QAbstractButton, Callable[[], object]] = {}

    def may_close(self) -> bool:
        """Return whether nothing is to be asked; else show the question, whose answer closes the window."""
        if self._box is None and (runs := self._trainer.under_way):
            self._ask(runs)
        return self._box is None

    def _ask(self, runs: Sequence[RunData]) -> None:
        box = self._box = message_box(self._window, self.tr("Training under way"), self._text(runs))
        box.setIcon(QMessageBox.Icon.Question)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        leave = box.addButton(self.tr("Continue in the &background"), QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton(self.tr("Save and &stop"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(self.tr("Ca&ncel"), QMessageBox.ButtonRole.RejectRole)
        self._answers = {leave: self._trainer.leave, stop: self._trainer.close}
        box.setDefaultButton(leave)
        box.setEscapeButton(stay)
        box.finished.connect(self._answered)
        box.open()

    def _text(self, runs: Sequence[RunData]) -> str:
        names = ", ".join(f"“{shown_text(data.name)}”" for data in runs)
        text = self.tr(
            "In training: %1\n\nIn the background it continues without this window, and the next start finds"
            " it again. Stopped, it is saved first, and can be resumed."
        )
        return put(text, names)

    def _answered(self, _result: int) -> None:
        assert self._box is not None
        answer, self._box = self._answers.get(self._box.clickedButton()), None
        if answer is not None:
            answer()
            self._window.close()
