"""The controls of the history panel: the tracked sentence, the choosers, and the colour scale."""

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.queries.history_key import LayerQuantity
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.labels import direction_name, layer_name, quantity_name
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.app.widgets.scale import paint_scale
from lstm_viz.cells import QUANTITIES
from lstm_viz.text.tokenized_text import with_text

#: Longer text is truncated with a notice: no model here reads as much at once.
MAX_CHARACTERS = 10_000
_PAUSE_MS = 300


class TrackedSentenceEdit(QLineEdit):
    """Sets the tracked sentence on Enter and after a pause in typing; empty text is the run's own sentence.

    Signals
    -------
    shortened()
        Inserted text was truncated.
    """

    shortened = Signal()

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setMaxLength(MAX_CHARACTERS)
        self.setMinimumHeight(28)
        self.setTextMargins(7, 0, 7, 0)
        self.setAccessibleName(self.tr("Tracked sentence"))
        set_tip(self, self.tr("The sentence that is read through the epochs; empty: the run's own"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.take)
        self.textEdited.connect(lambda _: self._pause.start())
        self.returnPressed.connect(self.take)
        self.inputRejected.connect(self._reject)
        state.training_changed.connect(self._training_changed)
        self._training_changed(state.training, state.training)

    def take(self) -> None:
        """Set the tracked sentence to the text."""
        self._pause.stop()
        text, known = shown_text(self.text()).strip(), self._state.training.tracked_tokens
        tokenized = with_text(known, text) if known is not None else None
        self._state.change_training(
            tracked_sentence=text or None,
            tracked_tokens=tokenized if tokenized and tokenized.tokens else None,
        )

    def _reject(self) -> None:
        self._pause.start()  # the text up to the limit was inserted
        self.shortened.emit()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        tracked_sentence = new.tracked_sentence or ""
        if not self._pause.isActive() and tracked_sentence != self.text().strip():
            self.setText(tracked_sentence)
            self.setCursorPosition(0)

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._pause.isActive():
            self.take()


class ScaleLegend(QWidget):
    """Draws the scale of a quantity."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._name = DARK, "c"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colour scale"))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_quantity(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(96, 22)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_scale(painter, QRectF(1, 2, self.width() - 2, 6), self._name, self._theme)


class LayerChoosers(QWidget):
    """Combo boxes for quantity, layer and direction; each is hidden if it has a single choice."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quantity = Chooser(self.tr("Quantity"), self, fits=True)
        self.layer = Chooser(self.tr("Layer"), self, fits=True)
        self.direction = Chooser(self.tr("Direction"), self, fits=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for combo in (self.quantity, self.layer, self.direction):
            layout.addWidget(combo)
            combo.hide()
        change = state.change_training
        self.quantity.activated.connect(lambda k: change(quantity=self.quantity.itemData(k)))
        self.layer.activated.connect(lambda k: change(layer=self.layer.itemData(k)))
        self.direction.activated.connect(lambda k: change(direction=self.direction.itemData(k)))

    def names(self, place: LayerQuantity | None) -> tuple[str, ...]:
        """Return the texts of layer and direction where there is a choice."""
        layers, directions = (place.num_layers, place.num_directions) if place else (0, 0)
        shown = ((self.layer, layers), (self.direction, directions))
        return tuple(combo.currentText() for combo, choices in shown if choices > 1)

    def set_place(self, place: LayerQuantity | None) -> None:
        """Set the items to those of the run's model, and select the chosen ones."""
        names = place.kind.order if place and place.kind else ()
        layers, directions = (place.num_layers, place.num_directions) if place else (0, 0)
        self.quantity.offer([(quantity_in_words(name), name) for name in names], place and place.quantity)
        self.layer.offer([(layer_name(k), k) for k in range(layers)], place and place.layer)
        self.direction.offer([(direction_name(k), k) for k in range(directions)], place and place.direction)
        self.setVisible(bool(names))


def quantity_in_words(name: str) -> str:
    """Return name and symbol, "cell state cₜ"."""
    return f"{quantity_name(name)} {QUANTITIES[name].symbol}ₜ"
