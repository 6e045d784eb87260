"""What a user types as the input of a model, and what the model reads of it.

Words and characters stand for rows of an embedding by the vocabulary, token numbers by themselves. A model
without an embedding reads vectors: numbers with commas between them, or one number for all of them.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from lstm_viz.errors import CodedText, ErrorCode, InvalidError, coded
from lstm_viz.opening.layout import Layout
from lstm_viz.opening.notes import ModelNotes

#: What the columns of the input are.
InputKind = Literal["words", "characters", "numbers", "vectors"]
#: A row of an embedding, or the numbers of a vector.
Value = int | tuple[float, ...]

_SENTENCE = "The dog ate the apple"
_COLUMNS = 5
_WAVE = "0 1 0 -1 0"
_MOST_SKIPPED = 10  # a pasted text may have thousands, and each key sends them


class WordError(InvalidError):
    """A word is no input of a model; ``word`` is which, and ``reason`` why."""

    def __init__(self, word: str, code: ErrorCode, **parameters: str | int) -> None:
        super().__init__(code, word=word, **parameters)
        self.word = word


class Typed(NamedTuple):
    """What a model reads of a text: the columns and their values, and why the first others are left out."""

    columns: tuple[str, ...]
    values: tuple[Value, ...]
    skipped: tuple[CodedText, ...]


@dataclass(frozen=True, eq=False)
class TypedInput:
    """The input of a model as it is typed.

    Attributes
    ----------
    notes : ModelNotes
    rows : int
        Those of the embedding; 0 without one.
    width : int
        The numbers of a vector, where there is no embedding.
    """

    notes: ModelNotes
    rows: int
    width: int

    @property
    def kind(self) -> InputKind:
        if self.notes.embedding is None:
            return "vectors"
        return self.notes.columns if self.notes.vocabulary else "numbers"

    @property
    def home(self) -> str:
        """A text to begin with."""
        if self.kind == "vectors":
            return _WAVE
        if self.kind == "numbers":
            return " ".join(str(k % max(1, self.rows)) for k in range(_COLUMNS))
        between = " " if self.kind == "words" else ""
        known = self.split(_SENTENCE)
        return _SENTENCE if not known.skipped else between.join(self._first_words)

    @property
    def hint(self) -> CodedText | None:
        """What is to be typed, where it is neither words nor characters."""
        if self.kind == "numbers":
            return coded("hint_numbers", last=self.rows - 1)
        if self.kind == "vectors":
            return coded("hint_vectors", width=self.width) if self.width > 1 else coded("hint_reals")
        return None

    def columns(self, text: str) -> list[str]:
        """Return the columns of a text: its characters, or what stands between white space."""
        return list(text) if self.kind == "characters" else text.split()

    def value(self, column: str) -> Value:
        """Return what the model reads of a column; raises `WordError` where it is no input."""
        if self.kind == "vectors":
            return self._vector(column)
        return self._index(column) if self.kind == "numbers" else self._row(column)

    def split(self, text: str) -> Typed:
        """Return what the model reads of a text; a column that is no input is left out."""
        columns, values, skipped = list[str](), list[Value](), dict[str, CodedText]()
        for column in self.columns(text):
            try:
                values.append(self.value(column))
                columns.append(column)
            except WordError as error:
                if len(skipped) < _MOST_SKIPPED:
                    skipped.setdefault(column, error.reason)
        return Typed(tuple(columns), tuple(values), tuple(skipped.values()))

    def knows(self, column: str) -> bool:
        """Return whether a column is in the vocabulary; True without one."""
        return self.kind in ("numbers", "vectors") or column in self._rows

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.notes.vocabulary) if word}

    @property
    def _first_words(self) -> list[str]:
        """The first words of the vocabulary that can be typed, without marks such as ``<pad>``."""
        typed = [word for word in self._rows if self.columns(word) == [word]]
        return ([word for word in typed if word[0] not in "<["] or typed)[:_COLUMNS]

    def _row(self, word: str) -> int:
        unknown = self.notes.unknown
        row = self._rows.get(word, None if unknown is None else self._rows.get(unknown))
        if row is None:
            raise WordError(word, "word_unknown")
        return row

    def _index(self, word: str) -> int:
        if word.isascii() and word.isdigit() and len(word) < 19 and int(word) < self.rows:
            return int(word)
        raise WordError(word, "word_no_index", last=self.rows - 1)

    def _vector(self, word: str) -> tuple[float, ...]:
        try:
            numbers = tuple(map(float, word.split(",")))
        except ValueError:
            numbers = ()
        if len(numbers) not in (1, self.width) or not all(map(math.isfinite, numbers)):
            raise WordError(word, "word_no_vector", width=self.width)
        return numbers if len(numbers) == self.width else numbers * self.width


def typed_input(layout: Layout, notes: ModelNotes) -> TypedInput:
    """Return the input of a model whose ``notes`` fit its ``layout``."""
    embedding, first = layout.embedding(notes.embedding), layout.recurrent(notes.recurrents[0])
    return TypedInput(notes, embedding.count if embedding else 0, first.input_size if first else 0)
