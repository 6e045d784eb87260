"""Playback of the sentence, step by step, and its controls."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.icons import IconName, icon
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.messages import Reading
from lstm_viz.ordinals import index_of, ordinal

#: The duration of a step at speed 1, in milliseconds: long enough to see forget, write and read out.
STEP_MS = 1200


class Player(QObject):
    """Moves the playhead in the order of computation: from the last column on in the backward direction.

    It depends on the state and on no widget.

    Signals
    -------
    playing_changed(playing)
    """

    playing_changed = Signal(bool)

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        state.selection_changed.connect(self._selection_changed)

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def first(self) -> None:
        self.go_to(0)

    def back(self) -> None:
        self.go_to(self.step - 1)

    def forward(self) -> None:
        self.go_to(self.step + 1)

    def last(self) -> None:
        self.go_to(self._state.length - 1)

    @property
    def step(self) -> int:
        """The number of steps that were computed before the playhead's."""
        return self._state.step_of(self._state.position)

    def go_to(self, step: int) -> None:
        """Move to a step, the nearest one where there is none."""
        if self._state.columns:
            self._state.go_to(self._state.step_of(max(0, min(step, self._state.length - 1))))

    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Play to the end; from the end, start over."""
        if not self._state.columns:
            return
        if self._at_end():
            self.first()
        self._timer.start(self._interval())
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def _tick(self) -> None:
        if self._at_end():
            self.pause()
            return
        self.forward()
        if self._at_end():
            self.pause()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.text != old.text or new.model != old.model:
            self.pause()
        if new.speed != old.speed and self.playing:
            self._timer.start(self._interval())

    def _at_end(self) -> bool:
        return self.step >= self._state.length - 1

    def _interval(self) -> int:
        return round(STEP_MS / self._state.selection.speed)


SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class Transport(QWidget):
    """The controls of the playhead."""

    def __init__(self, state: State, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._player = state, player
        frame(self)
        self.first = self._button(self.tr("First step"), player.first)
        self.back = self._button(self.tr("Step back"), player.back)
        self.play = self._button(self.tr("Play or pause (Space)"), player.toggle)
        self.forward = self._button(self.tr("Step forward"), player.forward)
        self.last = self._button(self.tr("Last step"), player.last)
        self.label = PlainLabel(parent=self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.valueChanged.connect(lambda place: player.go_to(index_of(place)))
        self.speed = Chooser(self.tr("Speed"), self, [(f"{value:g}×", value) for value in SPEEDS])
        self.speed.currentIndexChanged.connect(lambda k: state.change(speed=SPEEDS[k]))
        self._lay_out()
        player.playing_changed.connect(self._draw_icons)
        state.theme_changed.connect(self._theme_changed)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        self._theme_changed(state.theme)
        self._draw()

    def _button(self, name: str, action: object) -> QToolButton:
        button = QToolButton(self)
        set_tip(button, name)
        button.setAccessibleName(name)
        button.clicked.connect(action)
        return button

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 10, 3)
        for widget in (self.first, self.back, self.play, self.forward, self.last, self.label):
            layout.addWidget(widget)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.speed)

    def _theme_changed(self, theme: Theme) -> None:
        self._draw_icons()

    def _draw_icons(self) -> None:
        names: dict[QToolButton, IconName] = {
            self.first: "first",
            self.back: "back",
            self.play: "pause" if self._player.playing else "play",
            self.forward: "forward",
            self.last: "last",
        }
        for button, name in names.items():
            button.setIcon(icon(name, self._state.theme.text))

    def _reading_changed(self, reading: Reading) -> None:
        self._draw()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if (new.first, new.step, new.character, new.speed) != (old.first, old.step, old.character, old.speed):
            self._draw()

    def _draw(self) -> None:
        columns, step = self._state.length, self._player.step
        for button in (self.first, self.back, self.play, self.forward, self.last):
            button.setEnabled(columns > 0)
        self.slider.setEnabled(columns > 1)
        self.slider.blockSignals(True)
        self.slider.setRange(ordinal(0), max(1, columns))  # a screen reader says it as it is labelled
        self.slider.setValue(ordinal(step))
        self.slider.setInvertedAppearance(self._state.reads_backward)  # its handle is under the column
        self.slider.blockSignals(False)
        what = self.tr("character %1 of %2") if self._state.reads_characters else self.tr("step %1 of %2")
        place = str(ordinal(step) if columns else 0)
        text = what.replace("%1", place).replace("%2", str(columns))
        self.label.setText(text if self._state.reading is not None else "")
        self.slider.setAccessibleName(self.label.text())
        self.speed.blockSignals(True)
        self.speed.setCurrentIndex(max(0, self.speed.findData(self._state.selection.speed)))
        self.speed.blockSignals(False)
