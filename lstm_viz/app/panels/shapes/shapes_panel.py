"""The shapes panel: the tensors and parameters of the module in front, and what changes them."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lstm_viz.app.panels.reading_panel import ReadingPanel, nothing_yet
from lstm_viz.app.panels.shapes.configuration import Changes
from lstm_viz.app.panels.shapes.controls import ShapesControls
from lstm_viz.app.panels.shapes.picture import ShapesPicture
from lstm_viz.app.panels.shapes.view_model import ShapesViewModel, shapes_table, shapes_view_model
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.panel import TitledPanel
from lstm_viz.app.widgets.plain_text import PlainLabel
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Reading, View

_NO_CHANGES = Changes()


class ShapesPanel(ReadingPanel, TitledPanel):
    """Shows the shapes of the module in front; what is changed of them is forgotten with the module."""

    stem = "shapes"

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: ShapesViewModel | None = None
        self._changes, self._changed_of = _NO_CHANGES, ("", "")
        self.setAccessibleName(self.tr("Shapes of the module"))
        self.controls, self.picture = ShapesControls(self), ShapesPicture(self)
        self.unknown = PlainLabel(parent=self)
        self.unknown.setObjectName("muted")
        self.unknown.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.controls)
        layout.addWidget(self.unknown)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.note, 1)
        self.body = (self.controls, self.picture)
        self.controls.changed.connect(self._change)
        state.reading_changed.connect(self._draw)
        state.selection_changed.connect(self._selection_changed)
        state.theme_changed.connect(self._draw)
        self._draw()

    def _change(self, changes: Changes) -> None:
        self._changes = changes
        self._draw()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.panel != old.panel:
            self._draw()

    def table(self) -> Table:
        """Return the tensors and parameters."""
        assert self._shown is not None
        return shapes_table(self._shown)

    # ------------------------------------------------------------ drawing

    def _draw(self, _: object = None) -> None:
        state, reading = self._state, self._state.reading
        if state.selection.panel != "shapes":
            return
        view = reading.view if reading else None
        self._shown = None
        if reading is None or view is None:
            self.title.show_text(self.tr("Shapes of the module"))
            self.show_note(nothing_yet(reading, self.tr("The shapes are shown from the first word on.")))
            self.unknown.hide()
        else:
            self._draw_shapes(reading, view)
        self.picture.set_shown(self._shown, state.theme)

    def _draw_shapes(self, reading: Reading, view: View) -> None:
        changed_of = reading.model.uri, view.module.path
        if changed_of != self._changed_of:
            self._changes, self._changed_of = _NO_CHANGES, changed_of
        shown = self._shown = shapes_view_model(reading, view, self._changes)
        title = self.tr("Shapes of %1") if shown.is_called else self.tr("Shapes of %1 · changed")
        self.title.show_text(put(title, shown_text(view.module.path) or view.module.kind.name))
        self.controls.show_configuration(shown.of, shown.called)
        self.controls.setEnabled(not view.module.is_cell)
        self.show_body()
        self.unknown.setVisible(not shown.is_known)
        self.unknown.setText(
            self.tr("Shown is one call with all steps of one sequence; its own calls may differ.")
        )
