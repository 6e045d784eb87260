"""The run in front in words: its settings, its best and its last epoch, and whether it overfits."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lstm_viz.app.panels.runs.run_line import own_settings
from lstm_viz.app.panels.settings.setting_labels import setting_name, value_text
from lstm_viz.app.runs.generalisation import Generalisation, generalisation
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.painting import plain
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.runs.history import Epoch
from lstm_viz.runs.settings import FIELDS, TrainingSettings

_TITLE = 40  # characters of the title that fit


class RunSummary(QWidget):
    """Describes `Runs.current`, above its curves; hidden without one."""

    def __init__(self, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._drawn_of: object = None
        frame(self)
        self.setAccessibleName(self.tr("Settings and results of the run"))
        self.title = ElidedLabel(self, sample=" ")
        self.title.setObjectName("title")
        self.settings, self.results, self.fit = (ElidedLabel(self) for _ in range(3))
        self.settings.setObjectName("muted")
        head, layout = QHBoxLayout(), QVBoxLayout(self)
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.settings, 1)
        layout.setContentsMargins(14, 7, 10, 7)
        layout.setSpacing(2)
        layout.addLayout(head)
        for label in (self.results, self.fit):
            layout.addWidget(label)
        runs.current_changed.connect(self._draw)
        runs.grown.connect(self._grown)
        self._draw()

    def _grown(self, data: RunData) -> None:
        """Update once per epoch, not with every step."""
        if data is self._runs.current and self._state_of(data) != self._drawn_of:
            self._draw()

    @staticmethod
    def _state_of(data: RunData | None) -> object:
        return data and (data.path, data.generation, data.name, data.run is None, len(data.epochs))

    def _draw(self) -> None:
        data = self._runs.current
        self._drawn_of = self._state_of(data)
        self.setVisible(data is not None and data.run is not None)
        if data is None or data.run is None:
            return
        title = put(self.tr("Run %1"), shown_text(data.name))
        self.title.show_text(title)
        self.title.set_sample(title[:_TITLE])
        set_tip(self.title, _all_settings(data.run.settings))
        _show(self.settings, self._settings_text(data.run.settings))
        _show(self.results, self._results_text(data))
        _show(self.fit, self._fit_text(generalisation(data)))

    def _settings_text(self, settings: TrainingSettings | None) -> str:
        if settings is None:
            return self.tr("Its settings were not recorded.")
        return " · ".join(f"{name} {shown_text(value)}" for name, value in own_settings(settings))

    def _results_text(self, data: RunData) -> str:
        best, last = data.best, data.last
        if best is None or last is None:
            return ""
        if best is last:
            return put(self.tr("Accuracy: best and last %1"), self._accuracy_at(best))
        return put(self.tr("Accuracy: best %1 · last %2"), self._accuracy_at(best), self._accuracy_at(last))

    def _accuracy_at(self, line: Epoch) -> str:
        return put(self.tr("%1 at epoch %2"), plain(line.dev_accuracy or 0.0), f"{line.epoch:,}")

    def _fit_text(self, found: Generalisation | None) -> str:
        if found is None:
            return ""
        last, lowest = found.last, found.lowest
        if found.is_falling:
            text = self.tr("Validation loss still falling: %1, training loss %2, gap %3")
        elif found.is_overfitting:
            text = self.tr(
                "Overfitting since epoch %4: validation loss %1 (%5 then), training loss %2 (%6 then), gap %3"
            )
        else:
            text = self.tr("Validation loss no lower since epoch %4: %1 (%5 then), training loss %2, gap %3")
        now = map(plain, (last.validation, last.training, found.gap))
        return put(text, *now, f"{lowest.epoch:,}", plain(lowest.validation), plain(lowest.training))


def _show(label: ElidedLabel, text: str) -> None:
    label.show_text(text)
    label.setVisible(bool(text))


def _all_settings(settings: TrainingSettings | None) -> str:
    values = ((name, getattr(settings, name)) for name in FIELDS) if settings else ()
    return "\n".join(f"{setting_name(name)}: {shown_text(value_text(value))}" for name, value in values)
