"""The choosers of the initial state, and of the recurrent module, layer and direction."""

from collections.abc import Iterator

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.labels import direction_name, layer_name
from lstm_viz.app.widgets.plain_text import PlainLabel, no_mnemonic, set_tip
from lstm_viz.messages import Module, Reading
from lstm_viz.ordinals import weight_name

#: The most characters of a sentence or word, and in a row narrower than this many pixels.
_LONGEST, _LONGEST_IN_NARROW, _NARROW = 24, 10, 560


class Choosers(QWidget):
    """One row of constant height: the initial state, the status line, and the module, layer and direction.

    A chooser with a single option is hidden.
    """

    def __init__(self, state: State, status_line: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._modules: tuple[Module, ...] = ()
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        self.carry = QCheckBox(self)
        self.setFixedHeight(28)
        self.word = PlainLabel(parent=self)
        self.module = Chooser(self.tr("Recurrent module"), self, fits=True)
        self.layer = Chooser(self.tr("Layer"), self, fits=True)
        self.direction = Chooser(self.tr("Direction"), self, fits=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 0, 0)
        layout.addWidget(self.carry)
        layout.addWidget(status_line, 1)
        for widget in (self.word, self.module, self.layer, self.direction):
            layout.addWidget(widget)
            widget.hide()
        self.carry.toggled.connect(lambda on: state.change(carry=on))
        self.module.activated.connect(self._module_picked)
        self.layer.activated.connect(lambda k: state.change(layer=k))
        self.direction.activated.connect(lambda k: state.change(direction=k))
        state.reading_changed.connect(self._draw)
        state.selection_changed.connect(self._selection_changed)
        self._draw_carry(None)

    def _module_picked(self, index: int) -> None:
        """Show a module at the layer and direction at which it was left."""
        selection, path = self._state.selection, self._modules[index].path
        self._places[selection.model, selection.module] = selection.layer, selection.direction
        layer, direction = self._places.get((selection.model, path), (0, 0))
        self._state.change(module=path, layer=layer, direction=direction, character=-1)

    # ------------------------------------------------------------ drawing

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if (new.carry, new.before) != (old.carry, old.before):
            self._draw_carry(self._state.reading)

    def _draw(self, reading: Reading) -> None:
        self._draw_carry(reading)
        self._draw_word(reading)
        if reading.view is None:
            return
        module, self._modules = reading.view.module, reading.model.modules
        by_path = not reading.model.is_sequential  # a user's own names
        self.module.offer([(self._module_name(m, by_path), m.path) for m in self._modules], module.path)
        layers = [(layer_name(k), k) for k in range(module.num_layers)]
        self.layer.offer(layers, reading.view.layer)
        directions = [(direction_name(k), k) for k in range(module.num_directions)]
        self.direction.offer(directions, reading.view.direction)
        code = weight_name(reading.view.layer, reading.view.direction)
        set_tip(self.layer, f"{self.tr('Layer, counted from 1')}\n{code}")
        set_tip(self.direction, f"{self.tr('Direction')}\n{code}")

    def _draw_carry(self, reading: Reading | None) -> None:
        selection = self._state.selection
        self.carry.setVisible(reading is None or reading.model.is_sequential)
        with QSignalBlocker(self.carry):
            self.carry.setChecked(selection.carry)
        own = selection.before[-1] if selection.before else ""
        trained = reading.model.last_sentence if reading and not own else ""
        on = selection.carry and reading is not None and reading.before is not None
        self.carry.setText(no_mnemonic(self._carry_text(own, trained, on)))
        set_tip(self.carry, "\n".join(self._carry_help(own, trained)))

    def _carry_text(self, own: str, trained: str, on: bool) -> str:
        """Return from which sentence the state is, or would be, carried over: typed here, or in training."""
        if own:
            text = self.tr("Carried over: “%1”") if on else self.tr("Carry over: “%1”")
        elif trained:
            text = (
                self.tr("Carried over from training: “%1”")
                if on
                else self.tr("Carry over from training: “%1”")
            )
        else:
            text = self.tr("Carry the state over")
        longest = _LONGEST if self.width() >= _NARROW else _LONGEST_IN_NARROW
        return text.replace("%1", _short(own or trained, longest))

    def _carry_help(self, own: str, trained: str) -> Iterator[str]:
        yield self.tr("Off: the initial state is zero.")
        if own:
            yield self.tr("On: the initial state is the final state of the sentence that you kept.")
        elif trained:
            yield self.tr("On: the initial state is the final state of the last training sentence.")
        yield self.tr("Enter keeps the sentence; the next one can then start from its final state.")

    def _draw_word(self, reading: Reading) -> None:
        self.word.setVisible(self._state.reads_characters)
        if self._state.reads_characters:
            word = reading.words[reading.step].text
            self.word.setText(self.tr("characters of “%1”").replace("%1", _short(word)))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        if (event.size().width() < _NARROW) != (event.oldSize().width() < _NARROW):
            self._draw_carry(self._state.reading)

    def _module_name(self, module: Module, by_path: bool) -> str:
        names = {"words": self.tr("words"), "characters": self.tr("characters")}
        name = shown_text(module.path) if by_path else names.get(module.reads, module.reads)
        return f"{module.kind.name} · {name}"


def _short(text: str, longest: int = _LONGEST) -> str:
    shown = shown_text(text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
