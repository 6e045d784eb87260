"""The playback controls: first, back, play, forward, last; the slider; the speed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QToolButton, QWidget

from lstm_viz.app.pages.sentence.player import Player
from lstm_viz.app.state import Selection, State
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.icons import IconName, icon
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.messages import Reading

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class Transport(QWidget):
    """The controls of the playhead."""

    def __init__(self, state: State, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._player = state, player
        frame(self)
        self.first = self._button(self.tr("First step (Home)"), player.first)
        self.back = self._button(self.tr("Step back (←)"), player.back)
        self.play = self._button(self.tr("Play or pause (Space)"), player.toggle)
        self.forward = self._button(self.tr("Step forward (→)"), player.forward)
        self.last = self._button(self.tr("Last step (End)"), player.last)
        self.label = PlainLabel(parent=self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(self.tr("Step"))
        self.slider.valueChanged.connect(state.step_to)
        self.speed = QComboBox(self)
        self.speed.setAccessibleName(self.tr("Speed"))
        set_tip(self.speed, self.tr("Speed"))
        for value in SPEEDS:
            self.speed.addItem(f"{value:g}×", value)
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
        layout.setContentsMargins(10, 7, 10, 7)
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
        self._draw()

    def _draw(self) -> None:
        columns, column = self._state.columns, self._state.column
        for button in (self.first, self.back, self.play, self.forward, self.last):
            button.setEnabled(columns > 0)
        self.slider.setEnabled(columns > 1)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, columns - 1))
        self.slider.setValue(column)
        self.slider.blockSignals(False)
        what = self.tr("character %1 of %2") if self._state.reads_characters else self.tr("step %1 of %2")
        place = str(column + 1 if columns else 0)
        self.label.setText(what.replace("%1", place).replace("%2", str(columns)))
        self.speed.blockSignals(True)
        self.speed.setCurrentIndex(max(0, self.speed.findData(self._state.selection.speed)))
        self.speed.blockSignals(False)
