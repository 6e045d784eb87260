"""Random walks over everything that can be undone: what a person does, and back and forth again."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lstm_viz.messages import SetValue, SwapState
from tests.app.conftest import Person

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_WAIT_MS = 120_000
_TEXTS = (
    "The dog ate the apple",
    "Everybody read that book",
    "They can't read it",
    "a café — “naïve” 日本語 👩‍👩‍👧 don't",
    "dog",
)
_TYPING = {"type", "erase", "type over all"}
_TYPED = ("x", " the ", "n't", "dog", "é", ".")


#: A sentence that is read word by word and one that is read at once differ in the last bits of a float.
_SAME = 1e-5


@dataclass(frozen=True, eq=False)
class Seen:
    """What is selected and what is shown; two that are equal cannot be told apart."""

    selected: tuple[object, ...]
    shown: tuple[object, ...]
    numbers: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, person: Person) -> "Seen":
        selection, reading, page = person.session.state.selection, person.reading, person.page
        view = reading.view
        words = [(word.text, word.start, word.end, word.tag, word.gold) for word in reading.words]
        chips = [page.matrix.chips.describe(k).rstrip("0123456789.") for k in range(len(words))]
        return cls(
            (selection.text, selection.edits, frozenset(selection.tokenized_texts)),
            (words, reading.resolved_edits, page.editor.text(), chips, page.editing.edits),
            (reading.scores, *(view.quantities.values() if view else ())),
        )

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Seen)
            and (self.selected, self.shown) == (other.selected, other.shown)
            and len(self.numbers) == len(other.numbers)
            and all(a.shape == b.shape for a, b in zip(self.numbers, other.numbers, strict=True))
            and all(
                np.abs(a - b).max(initial=0) < _SAME for a, b in zip(self.numbers, other.numbers, strict=True)
            )
        )

    def _pairs(self, other: "Seen") -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return zip(self.numbers, other.numbers, strict=True)


class Walk:
    """A person before the Sentence page who does what comes to mind, from a seed.

    Every action is one step back, or none where it changed nothing.
    """

    def __init__(self, person: Person, seed: int) -> None:
        self._person, self._random = person, random.Random(seed)
        self.told: list[str] = []

    def go(self, actions: int) -> None:
        """Do so many things, undo all of them and do them again; raises AssertionError at the first fault."""
        person = self._person
        person.page.editor.setFocus()
        steps = [Seen.of(person)]
        for _ in range(actions):
            self._act(steps)
        self._back_and_forth(steps)
        self._partly(steps)

    def _act(self, steps: list[Seen]) -> None:
        """Do one thing, and note what is seen after it where it is a step that can be undone.

        Text that is typed on is the same step, as Qt has it.
        """
        name, act = self._random.choice(list(self._actions().items()))
        depth = self._depth()
        self.told.append(name)
        act()
        self._settle()
        (commands, text), now = self._depth(), Seen.of(self._person)
        done = commands - depth[0] + (text > depth[1])
        assert done in {0, 1}, f"{done} steps: {self.told}"
        if done:
            steps.append(now)
        else:
            assert now == steps[-1] or (len(steps) > 1 and name in _TYPING), f"no step: {self.told}"
            steps[-1] = now

    def _depth(self) -> tuple[int, int]:
        """Return how many commands can be undone, and how much text: one step may be several of Qt's."""
        page = self._person.page
        return page.editing.undo_stack.index(), page.editor.document().availableUndoSteps()

    def _back_and_forth(self, seen: list[Seen]) -> None:
        for was in seen[-2::-1]:
            self.undo()
            assert Seen.of(self._person) == was, self._told("undo", was)
        for now in seen[1:]:
            self.redo()
            assert Seen.of(self._person) == now, self._told("redo", now)

    def _partly(self, seen: list[Seen]) -> None:
        """Go some steps back and forth from where it stands, as somebody does who compares."""
        at = len(seen) - 1
        for _ in range(len(seen)):
            back = self._random.random() < 0.5
            if (back and at == 0) or (not back and at == len(seen) - 1):
                continue
            at += -1 if back else 1
            self.undo() if back else self.redo()
            assert Seen.of(self._person) == seen[at], self._told(f"to {at}", seen[at])

    def _told(self, where: str, wanted: Seen) -> str:
        found = Seen.of(self._person)
        pairs = zip(found.selected + found.shown, wanted.selected + wanted.shown, strict=True)
        return f"{where}: {self.told}; is, was: {[pair for pair in pairs if pair[0] != pair[1]]}"

    def undo(self) -> None:
        self._press(_CTRL)

    def redo(self) -> None:
        self._press(_CTRL | _SHIFT)

    def _settle(self) -> None:
        """Wait for the answer by events: to look every 10 ms would take most of the time of a walk."""
        deadline = QDeadlineTimer(_WAIT_MS)
        while not self._person.is_settled():
            assert not deadline.hasExpired(), f"no answer: {self.told}"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def _press(self, modifiers: Qt.KeyboardModifier) -> None:
        self._person.window.activateWindow()  # a dialog may have been in front
        deadline = QDeadlineTimer(_WAIT_MS)
        while not self._person.window.isActiveWindow() and not deadline.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
        QTest.keyClick(self._person.page.editor, Qt.Key.Key_Z, modifiers)
        self._settle()

    # ------------------------------------------------------------ what can be done

    def _actions(self) -> dict[str, Callable[[], object]]:
        person, choose = self._person, self._random
        editing, tokens, editor = person.page.editing, person.page.edit_actions.tokens, person.page.editor
        words = len(person.reading.words)
        actions: dict[str, Callable[[], object]] = {
            "type": lambda: self._type(choose.choice(_TYPED)),
            "erase": lambda: self._key(Qt.Key.Key_Backspace),
            "type over all": lambda: (editor.selectAll(), self._type(choose.choice(_TEXTS).split()[0])),
            "reset edits": editing.reset,
            "reset tokens": tokens.reset,
        }
        if words:
            actions |= {
                "set": lambda: editing.add(self._value()),
                "unit off": lambda: person.page.edit_actions.unit_off(choose.randrange(6)),
                "swap": lambda: editing.add(self._swap()),
                "drag": self._drag,
                "join": lambda: tokens.join(choose.randrange(words)),
                "split": self._split,
            }
        if editing.edits:
            k = choose.randrange(len(editing.edits))
            actions |= {
                "switch": lambda: editing.switch(k, not editing.edits[k].on),
                "remove edit": lambda: editing.remove(k),
                "replace": lambda: editing.replace(k, self._value() if words else editing.edits[k]),
                "cancelled drag": self._cancelled_drag,
            }
        return actions

    def _type(self, text: str) -> None:
        """Paste it: what is typed key by key is undone by the word, as Qt has it."""
        self._person.page.editor.insertPlainText(text)

    def _key(self, key: Qt.Key) -> None:
        QTest.keyClick(self._person.page.editor, key)

    def _value(self) -> SetValue:
        choose, words = self._random, tuple(self._person.words)
        step = choose.randrange(len(words))
        quantity = choose.choice("ifgoch")
        return SetValue(
            quantity, choose.choice((0.0, 0.25, 0.5)), choose.randrange(6), step, step, words=words
        )

    def _swap(self) -> SwapState:
        words = tuple(self._person.words)
        return SwapState(self._random.randrange(len(words)), self._random.choice(_TEXTS), 0, words)

    def _drag(self) -> None:
        editing, value = self._person.page.editing, self._value()
        for _ in range(3):
            editing.preview(value)
            self._settle()
        editing.keep()

    def _cancelled_drag(self) -> None:
        editing = self._person.page.editing
        if self._person.reading.words:
            editing.preview(self._value())
            self._settle()
        editing.cancel()

    def _split(self) -> None:
        person = self._person
        person.page.edit_actions.tokens.edit(self._random.randrange(len(person.reading.words)))
        dialog = person.page.edit_actions.dialog
        dialog.line.setText(self._random.choice(("one two", "a b c", "word")))
        person.settle()
        dialog.accept()
