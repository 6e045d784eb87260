"""The control panel: the status of the run, and the buttons that control its trainer."""

from math import ceil

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.panels.control.failure import FailurePanel
from lstm_viz.app.panels.control.progress import (
    Phase,
    can_resume,
    phase_colour,
    phase_name,
    phase_of,
    share_done,
)
from lstm_viz.app.panels.control.run_status import RunStatus
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.texts import plural, put, shown_text
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.runs.folder import Control

PACES = (None, 1.0, 2.0, 5.0, 10.0, 30.0)
_LIVE = ("starting", "training", "pausing", "paused")


class ControlPanel(QWidget):
    """Starts trainings, and controls the trainer of the selected run, whichever process started it.

    Signals
    -------
    refused(sentence)
        A new run was requested where none can be trained.
    """

    refused = Signal(str)

    def __init__(self, state: State, runs: Runs, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._runs, self._trainer = state, runs, trainer
        self._form_error = ""
        frame(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.title = ElidedLabel(self)
        self.title.setObjectName("title")
        self.phase_label = PlainLabel(parent=self)
        self.go = self._button("", "")
        self.go.setObjectName("primary")
        self.one_step = self._button(self.tr("One step"), self.tr("Take one step, then wait (F6)"))
        self.one_epoch = self._button(
            self.tr("One epoch"), self.tr("Train to the end of the epoch, then wait (F7)")
        )
        self.stop = self._button(self.tr("Stop"), self.tr("Save, and end; it can be resumed (F8)"))
        self.new_run = self._button(self.tr("Train a new run"), "")
        self.pace = self._make_pace()
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.run_status, self.failure = RunStatus(self), FailurePanel(state, self)
        self._lay_out()
        self._connect()
        self._draw()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        set_tip(button, tip)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        return button

    def _make_pace(self) -> Chooser:
        about = self.tr("Slow motion: training steps per second")
        combo = Chooser(self.tr("Slow motion"), self, tip=about)
        for pace in PACES:
            combo.addItem(self.tr("full speed") if pace is None else self._pace_text(pace), pace)
        return combo

    def _pace_text(self, pace: float) -> str:
        return put(plural(self.tr("%1 step(|s) a second", None, ceil(pace)), pace), f"{pace:g}")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.phase_label)
        buttons = QGridLayout()
        buttons.setSpacing(7)
        for place, button in enumerate((self.go, self.one_step, self.one_epoch, self.stop)):
            buttons.addWidget(button, 0, place)
            buttons.setColumnStretch(place, 1)
        buttons.addWidget(self.new_run, 1, 0, 1, 4)
        pace_name = PlainLabel(self.tr("slow motion"), self)
        pace_name.setObjectName("muted")
        pace = QHBoxLayout()
        pace.addWidget(pace_name)
        pace.addStretch(1)
        pace.addWidget(self.pace)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 14, 11)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(buttons)
        layout.addWidget(self.bar)
        layout.addWidget(self.run_status)
        layout.addWidget(self.failure)
        layout.addLayout(pace)

    def _connect(self) -> None:
        self.go.clicked.connect(self._go)
        self.one_step.clicked.connect(self._one_step)
        self.one_epoch.clicked.connect(self._one_epoch)
        self.stop.clicked.connect(self._stop)
        self.new_run.clicked.connect(self.train)
        self.pace.activated.connect(self._pace_picked)
        self._runs.current_changed.connect(self._draw)
        self._runs.grown.connect(self._grown)
        self._runs.entries_changed.connect(self._draw)
        self._trainer.pending_changed.connect(self._draw)
        self._trainer.died.connect(lambda _path, _how: self._draw())
        self._state.training_changed.connect(self._training_changed)
        self._state.theme_changed.connect(lambda _: self._draw())

    # ------------------------------------------------------------ the run

    @property
    def data(self) -> RunData | None:
        """The run that the buttons control: the one that is starting, else the selected one."""
        return self._trainer.pending or self._runs.current

    @property
    def phase(self) -> Phase:
        """The phase of `data`."""
        data, runs = self.data, self._runs
        return "none" if data is None else phase_of(data, runs.is_live(data), runs.is_loaded_for(data))

    def set_form_error(self, message: str) -> None:
        """Set why no run can be trained with the current settings, which the form shows; "" if one can."""
        self._form_error = message
        self._draw()

    # ------------------------------------------------------------ user actions

    def train(self) -> None:
        """Train a new run with the settings of the form."""
        why_not = self._why_no_new_run()
        if why_not:
            self.refused.emit(why_not)
        else:
            self._trainer.train(self._state.training.next)

    def _why_no_new_run(self) -> str:
        """Return why no new run can be trained now; "" if one can."""
        if self.data is not None and self.phase in (*_LIVE, "stopping"):
            text = self.tr("The run %1 is being trained: stop it before you train a new one.")
            return put(text, shown_text(self.data.name))
        return shown_text(self._form_error)

    @property
    def can_resume(self) -> bool:
        """Whether the run in front can be resumed."""
        return self._resumable() is not None

    def resume(self) -> None:
        """Resume the run in front, if it can be."""
        data = self._resumable()
        if data is not None:
            self._trainer.resume(data)

    def _start(self, control: Control) -> None:
        """Resume the run in front, or train a new one if it cannot be resumed."""
        data = self._resumable()
        if data is None:
            self._trainer.train(self._state.training.next, control)
        else:
            self._trainer.resume(data, control)

    def _go(self) -> None:
        data = self._live()
        if data is None:
            self._start(Control())
        elif _waits(data.control):
            self._trainer.request(data, until_step=None, until_epoch=None)
        else:
            self._trainer.request(data, until_step=0)

    def _one_step(self) -> None:
        data = self._live()
        if data is None:
            resumed = self._resumable()
            self._start(Control(until_step=(resumed.resumed_step if resumed else 0) + 1))
        else:
            step = max(data.control.until_step or 0, data.step) + 1
            self._trainer.request(data, until_step=step, until_epoch=None)

    def _one_epoch(self) -> None:
        data = self._live()
        if data is None:
            resumed = self._resumable()
            self._start(Control(until_epoch=(resumed.resumed_epoch if resumed else 0) + 1))
        else:
            epoch = max(data.control.until_epoch or 0, data.epoch) + 1
            self._trainer.request(data, until_step=None, until_epoch=epoch)

    def _stop(self) -> None:
        data = self._live()
        if data is not None:
            self._trainer.request(data, stop=True)

    def _pace_picked(self, place: int) -> None:
        pace, data, resumable = PACES[place], self._live(), self._resumable()
        self._state.change_training(pace=pace)
        if data is not None:
            self._trainer.request(data, steps_per_second=pace)
        elif resumable is not None:  # its other requests are done
            done = Control(steps_per_second=pace)
            self._trainer.request(resumable, **msgspec.structs.asdict(done))

    def _live(self) -> RunData | None:
        """Return the run if its trainer takes requests, else None."""
        return self.data if self.phase in _LIVE else None

    def _resumable(self) -> RunData | None:
        """Return the run if it can be resumed, else None."""
        return self.data if can_resume(self.data, self.phase) else None

    # ------------------------------------------------------------ drawing

    def _grown(self, data: RunData) -> None:
        if data is self.data:
            self._draw()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.pace != old.pace or new.next != old.next:
            self._draw()

    def _draw(self) -> None:
        data, phase = self.data, self.phase
        name = shown_text(data.name) if data else ""
        none = self.tr("No run picked") if self._runs.entries else self.tr("No run yet")
        self.title.show_text(self.tr("Run %1").replace("%1", name) if data else none)
        self._draw_phase(phase)
        self._draw_buttons(data, phase)
        self.bar.setVisible(data is not None)
        self._draw_bar(round(1000 * share_done(data)) if data else 0)
        self.run_status.show_run(data, phase)
        self.failure.show_run(data, phase)
        own = data if phase in _LIVE or can_resume(data, phase) else None
        pace = own.control.steps_per_second if own else self._state.training.pace
        self.pace.setCurrentIndex(PACES.index(pace) if pace in PACES else 0)

    def _draw_bar(self, thousandths: int) -> None:
        """Set the value without an update of its own, which would paint the rest of the window outdated."""
        if thousandths != self.bar.value():
            self.bar.setUpdatesEnabled(False)
            self.bar.setValue(thousandths)
            self.bar.setUpdatesEnabled(True)

    def _draw_phase(self, phase: Phase) -> None:
        self.phase_label.setText(phase_name(phase))
        style = f"color: {phase_colour(phase, self._state.theme)}; font-weight: 600"
        if style != self.phase_label.styleSheet():
            self.phase_label.setStyleSheet(style)

    def _draw_buttons(self, data: RunData | None, phase: Phase) -> None:
        live, ending = phase in _LIVE, phase == "stopping"
        waits = live and data is not None and _waits(data.control)
        resumes, free = can_resume(data, phase), not self._form_error
        for button in (self.go, self.one_step, self.one_epoch):
            button.setEnabled(live or resumes or (free and not ending))
        self.stop.setEnabled(live)
        self.new_run.setVisible(resumes)
        self.new_run.setEnabled(free)
        why_not = shown_text(self._form_error)
        set_tip(self.new_run, why_not or self.tr("Train a new run with the settings below (Ctrl+N)"))
        if resumes:
            self.go.setText(self.tr("Resume"))
            set_tip(self.go, self.tr("Resume this run where it stopped, bit for bit (F5)"))
        elif live:
            self.go.setText(self.tr("Continue") if waits else self.tr("Pause"))
            set_tip(self.go, self.tr("Pause or continue the training (F5)"))
        else:
            self.go.setText(self.tr("Train"))
            set_tip(self.go, why_not or self.tr("Train a new run with the settings below (F5)"))


def _waits(control: Control) -> bool:
    return control.until_step is not None or control.until_epoch is not None
