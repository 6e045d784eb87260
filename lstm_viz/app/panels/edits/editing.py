"""The edits, and their changes as undoable commands."""

from collections.abc import Collection

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.cell.number_texts import significant
from lstm_viz.app.panels.edits.edit_target import module_of, word_module
from lstm_viz.app.panels.edits.naming import edit_name, edit_text, refusal
from lstm_viz.app.selection.selection import Selection, SelectionChanges
from lstm_viz.app.state import State
from lstm_viz.app.texts import counted
from lstm_viz.messages import Edit, Module, SetValue
from lstm_viz.text.alignment import places

Edits = tuple[Edit, ...]

_MOST_UNDONE = 500


class Editing(QObject):
    """Changes ``state.selection.edits``, one command per change.

    An edit that is not possible is refused: the methods return why, as a sentence, and "" on success. While
    a value is dragged or a dialog is open, `preview` applies it at once, and `keep` makes it one command.
    """

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._known = state.selection.edits
        self._base: Edits | None = None
        self._previewed: Edit | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_MOST_UNDONE)
        state.selection_changed.connect(self._selection_changed)

    @property
    def edits(self) -> Edits:
        return self._state.selection.edits

    # ------------------------------------------------------------ one command each

    def add(self, edit: Edit) -> str:
        """Add an edit; it replaces one of the same quantity, unit and words."""
        self.cancel()
        refused = self.refusal(edit)
        if not refused:
            self._push(added(self.edits, edit, self._words()), self._set_text(edit))
            self._go_to(edit)
        return refused

    def replace(self, k: int, edit: Edit) -> str:
        """Replace the ``k``-th edit."""
        self.cancel()
        refused = self.refusal(edit)
        if not refused:
            self._push((*self.edits[:k], edit, *self.edits[k + 1 :]), self._set_text(edit))
            self._go_to(edit)
        return refused

    def switch(self, k: int, on: bool) -> None:
        """Enable or disable an edit."""
        self.cancel()
        edit = replace(self.edits[k], on=on)
        text = self.tr("enable %1") if on else self.tr("disable %1")
        self._push((*self.edits[:k], edit, *self.edits[k + 1 :]), text.replace("%1", self._name(edit)))

    def remove(self, k: int) -> None:
        """Remove an edit."""
        self.remove_edits((k,))

    def remove_edits(self, which: Collection[int]) -> None:
        """Remove several edits with one command."""
        self.cancel()
        left = tuple(edit for k, edit in enumerate(self.edits) if k not in which)
        gone = [edit for k, edit in enumerate(self.edits) if k in which]
        if len(gone) == 1:
            self._push(left, self.tr("remove %1").replace("%1", self._name(gone[0])))
        else:
            self._push(left, counted(self.tr("remove %1 edit(|s)", None, len(gone)), len(gone)))

    def reset(self) -> None:
        """Remove all edits."""
        self.cancel()
        self._push((), self.tr("reset all edits"))

    # ------------------------------------------------------------ preview

    def preview(self, edit: Edit) -> str:
        """Apply an edit as a preview; it replaces the previous preview."""
        refused = self.refusal(edit)
        if not refused:
            if self._base is None:
                self._base = self.edits
            self._previewed = edit
            self.apply(added(self._base, edit, self._words()), previewed=True)
        return refused

    def keep(self) -> None:
        """Make the preview one command."""
        base, edit = self._base, self._previewed
        self._base = self._previewed = None
        if base is not None and edit is not None:
            self._push(self.edits, self._set_text(edit), base)
            self._go_to(edit)

    def cancel(self) -> None:
        """Revert the preview."""
        if self._base is not None:
            self.apply(self._base)

    @property
    def is_previewing(self) -> bool:
        return self._base is not None

    # ------------------------------------------------------------ used by commands

    def apply(self, edits: Edits, previewed: bool = False) -> None:
        """Set the edits, without a command."""
        if not previewed:
            self._base = self._previewed = None
        self._known = edits
        self._state.change(edits=edits)

    def refusal(self, edit: Edit) -> str:
        """Return why an edit is not possible, "" if it is."""
        if isinstance(edit, SetValue):
            return refusal(edit.quantity, edit.value, module_of(edit, self._state.reading))
        return "" if edit.text.strip() else self.tr("The other sentence is empty.")

    def _go_to(self, edit: Edit) -> None:
        """Select where an edit holds, for cell and scores to show it; a word in its range stays selected."""
        changes: SelectionChanges = {}
        if isinstance(edit, SetValue):
            changes |= {"layer": edit.layer, "direction": edit.direction}
            if edit.unit is not None:
                changes["unit"] = edit.unit
        step, module = self._word_of(edit), module_of(edit, self._state.reading)
        if step is not None and module is not None:
            changes |= {"step": step, "module": module.path, "character": -1, "caret": None}
        self._state.change(**changes)

    def _word_of(self, edit: Edit) -> int | None:
        """Return the selected word if an edit holds there, else the first where it does, None if none is."""
        words, step = self._words(), self._state.selection.step
        ends = (edit.first, edit.last) if isinstance(edit, SetValue) else (edit.step, edit.step)
        first, last = (_found(end, edit.words, words) for end in ends)
        if isinstance(first, tuple) or isinstance(last, tuple):
            return None
        low, high = (0 if first is None else first), (len(words) - 1 if last is None else last)
        return step if low <= step <= high else low

    def _push(self, new: Edits, text: str, old: Edits | None = None) -> None:
        before = self.edits if old is None else old
        if new != before:
            self.undo_stack.push(_Change(self, before, new, text))

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        """Make a change of the edits that was made elsewhere undoable too."""
        if new.edits != self._known:
            before, self._known = self._base if self._base is not None else self._known, new.edits
            self._base = self._previewed = None
            self._push(new.edits, self.tr("change the edits"), before)

    def _set_text(self, edit: Edit) -> str:
        if isinstance(edit, SetValue):
            text = self.tr("set %1 to %2").replace("%2", significant(edit.value))
            return text.replace("%1", self._name(edit))
        return self.tr("patch in the %1").replace("%1", edit_text(edit, self._module()))

    def _name(self, edit: Edit) -> str:
        return edit_name(edit, self._module())

    def _module(self) -> Module | None:
        return word_module(self._state.reading)

    def _words(self) -> tuple[str, ...]:
        reading = self._state.reading
        return tuple(word.text for word in reading.words) if reading else ()


class _Change(QUndoCommand):
    """The edits before and after."""

    def __init__(self, editing: Editing, old: Edits, new: Edits, text: str) -> None:
        super().__init__(text)
        self._editing, self._old, self._new = editing, old, new

    @guarded
    def redo(self) -> None:
        self._editing.apply(self._new)

    @guarded
    def undo(self) -> None:
        self._editing.apply(self._old)


def added(edits: Edits, edit: Edit, words: tuple[str, ...]) -> Edits:
    """Return the edits with one appended, which takes precedence; one of the same target is removed.

    The target is the same if quantity, unit and the words of the sentence ``words`` are.
    """
    place = _place(edit, words)
    return (*(other for other in edits if _place(other, words) != place), edit)


def _place(edit: Edit, words: tuple[str, ...]) -> tuple[object, ...]:
    if isinstance(edit, SetValue):
        span = (_found(edit.first, edit.words, words), _found(edit.last, edit.words, words))
        return (edit.quantity, edit.unit, edit.module, edit.layer, edit.direction, *span)
    return ("swap", _found(edit.step, edit.words, words))


def _found(
    place: int | None, old: tuple[str, ...], new: tuple[str, ...]
) -> int | tuple[int, tuple[str, ...]] | None:
    """Return the new index of a word; for a removed word an object that equals only itself."""
    if place is None or old == new:
        return place
    found = places(old, new)[place] if place < len(old) else None
    return found if found is not None else (place, old)
