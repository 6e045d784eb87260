"""The actions that create edits on the Sentence page: menus, dialogs, drags and keys."""

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from lstm_viz.app.panels.cell.step_panel import StepPanel
from lstm_viz.app.panels.edits.dialog import SetDialog
from lstm_viz.app.panels.edits.edit_dialog import dialog_position
from lstm_viz.app.panels.edits.edit_target import EditTarget, Reach, clamping_edits, place_at, why_not
from lstm_viz.app.panels.edits.editing import Editing
from lstm_viz.app.panels.edits.menu import fill, fill_column, fill_reason
from lstm_viz.app.panels.edits.swap_dialog import SwapDialog
from lstm_viz.app.panels.heatmaps.matrix import Matrix
from lstm_viz.app.panels.tokens.actions import TokenActions
from lstm_viz.app.state import State
from lstm_viz.app.widgets.panel import Panel


class EditActions(QObject):
    """Turns user actions on the Sentence page into edits.

    Signals
    -------
    refused(str)
        The action is not possible; the argument is why.
    """

    refused = Signal(str)

    def __init__(self, state: State, editing: Editing, page: QWidget) -> None:
        super().__init__(page)
        self._state, self._page, self.editing = state, page, editing
        self.tokens = TokenActions(state, editing.undo_stack, page)
        self.tokens.dialog_opened.connect(self._open)
        self._dragged: EditTarget | None = None
        self.menu: QMenu | None = None
        self.dialog: QDialog | None = None
        self._views: tuple[Matrix, StepPanel] | None = None

    def listen(self, matrix: Matrix, step_panel: StepPanel) -> None:
        """Connect the signals of the heatmaps, the words and the diagram."""
        self._views, diagram = (matrix, step_panel), step_panel.diagram
        matrix.menu_requested.connect(self.open_menu)
        matrix.chips.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        matrix.chips.customContextMenuRequested.connect(lambda at: self._open_word_menu(matrix, at))
        diagram.menu_requested.connect(self.open_menu_here)
        diagram.dragged.connect(self.drag)
        diagram.dropped.connect(self.drop)
        diagram.drag_refused.connect(self.refused)

    # ------------------------------------------------------------ keys and menu bar

    def set_value(self) -> None:
        """Open the dialog for the selected unit and word."""
        place = self._here(self._state.selection.alone)
        if place is not None:
            self.choose(place, "here")

    def swap_state(self) -> None:
        """Open the dialog for a state patch at the selected word."""
        place = self._here("h")
        if place is not None:
            self.choose_state(place)

    def unit_off(self, unit: int | None = None) -> None:
        """Ablate a unit at all words, by default the selected one."""
        place = self._here("h")
        if place is None:
            return
        picked = place.unit if unit is None else unit
        if picked is None:
            self.refused.emit(self.tr("Select a single unit to ablate it."))
        else:
            self.switch_off(place.with_("h", picked), "everywhere")

    def reset(self) -> None:
        """Remove all edits."""
        self.editing.reset()

    # ------------------------------------------------------------ menus

    def open_menu(self, name: str, column: int, unit: int, at: QPoint, panel: Panel | None = None) -> None:
        """Open the menu of a number, a heatmap's name (unit −1) or a word (no name), in a panel."""
        menu = QMenu(self._page)
        place = place_at(self._state, name, self._column(column), unit if unit >= 0 else None)
        if place is None:
            fill_reason(menu, why_not(self._state))
        elif name in place.names:
            fill(menu, place, self)
        else:
            fill_column(menu, place, self)
            self.tokens.fill(menu, place.column)
        panel = self._views[0] if panel is None and self._views else panel
        if panel is not None:
            menu.addSeparator()
            menu.addAction(panel.save_action)
        menu.aboutToHide.connect(lambda: self._menu_closed(menu))
        self.menu = menu
        menu.popup(at)

    def open_menu_here(self, name: str, at: QPoint) -> None:
        """Open the menu of a number of the diagram."""
        unit = self._state.selection.unit
        panel = self._views[1] if self._views else None
        self.open_menu(name, -1, -1 if unit is None else unit, at, panel)

    def _open_word_menu(self, matrix: Matrix, at: QPoint) -> None:
        column = matrix.heatmaps.column_at(at.x())
        if column is not None:
            self.open_menu("", column, -1, matrix.chips.mapToGlobal(at))

    def _menu_closed(self, menu: QMenu) -> None:
        menu.deleteLater()
        if self.menu is menu:
            self.menu = None

    def choose(self, place: EditTarget, reach: Reach) -> None:
        """Open the dialog for a value, with a live preview."""
        self._open(SetDialog(self.editing, place, reach, self._page))

    def choose_state(self, place: EditTarget) -> None:
        """Open the dialog for a sentence whose state is patched in, with a live preview."""
        self._open(SwapDialog(self._state, self.editing, place, self._other_sentence(), self._page))

    def switch_off(self, place: EditTarget, reach: Reach) -> None:
        """Ablate a quantity."""
        self._report(self.editing.add(place.off(reach)))

    def clamped_at(self, place: EditTarget) -> tuple[int, ...]:
        """Return which edits clamp a place, if the current reading was computed with the present edits."""
        reading, edits = self._state.reading, self.editing.edits
        if reading is None or self._state.edits_read != edits:
            return ()
        return clamping_edits(
            edits, reading.resolved_edits, place.view, place.name, column=place.column, unit=place.unit
        )

    def remove_at(self, place: EditTarget) -> None:
        """Remove the edits that clamp a place."""
        self.editing.remove_edits(self.clamped_at(place))

    # ------------------------------------------------------------ drags

    def drag(self, name: str, value: float) -> None:
        """Clamp a number of the diagram while it is dragged."""
        if self._dragged is None or self._dragged.name != name or not self.editing.is_previewing:
            self._dragged = self._here(name)
        if self._dragged is not None:
            self._report(self.editing.preview(self._dragged.set(value)))

    def drop(self) -> None:
        """End the drag, as one command."""
        self._dragged = None
        self.editing.keep()

    # ------------------------------------------------------------ helpers

    def _here(self, name: str) -> EditTarget | None:
        """Return the selected place; if there is none, report why and return None."""
        place = place_at(self._state, name, self._column(-1), self._state.selection.unit)
        if place is None:
            self.refused.emit(why_not(self._state))
        return place

    def _column(self, column: int) -> int:
        return column if column >= 0 else self._state.column

    def _open(self, dialog: QDialog) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self.dialog = dialog
        dialog.finished.connect(lambda _: self._dialog_closed(dialog))
        dialog.move(self._place_of(dialog))
        dialog.open()

    def _place_of(self, dialog: QDialog) -> QPoint:
        """Return a position at which a dialog does not cover the playhead's column and the diagram."""
        dialog.ensurePolished()
        dialog.adjustSize()
        window = self._page.window()
        frame = window.frameGeometry().size() - window.geometry().size()
        page = QRect(self._page.mapToGlobal(QPoint()), self._page.size())
        return dialog_position(
            dialog.size() + frame, page, self._shown(), self._page.screen().availableGeometry()
        )

    def _shown(self) -> list[QRect]:
        """Return the parts of the screen that a dialog is not to cover."""
        if self._views is None:
            return []
        matrix, diagram = self._views[0], self._views[1].diagram
        heatmaps, column = matrix.heatmaps, self._state.column
        shown = [_on_screen(diagram, diagram.rect())] if diagram.isVisible() else []
        for band in heatmaps.bands[:1]:
            cell = band.cell(column, 0).toRect()
            strip = QRect(cell.left(), 0, cell.width(), heatmaps.height())
            shown.append(_on_screen(heatmaps, strip))
        return shown

    def _dialog_closed(self, dialog: QDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None

    def _other_sentence(self) -> str:
        """Return the previously kept sentence, or the model's own."""
        selection, reading = self._state.selection, self._state.reading
        kept = selection.kept[-1:] or selection.before[-1:]
        return kept[0] if kept and kept[0] else (reading.model.home if reading else "")

    def _report(self, refused: str) -> None:
        if refused:
            self.refused.emit(refused)


def _on_screen(widget: QWidget, part: QRect) -> QRect:
    """Return where the visible portion of a part of a widget is on the screen."""
    seen = widget.visibleRegion().boundingRect().intersected(part)
    return seen.translated(widget.mapToGlobal(QPoint()))
