"""Reads CoNLL-U, the format of the Universal Dependencies treebanks.

Source of the format: https://universaldependencies.org/format.html.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import BinaryIO, Literal

from lstm_viz.data.conllu_columns import (
    COLUMNS,
    UNTAGGED,
    Checked,
    ColumnError,
    columns_error,
    form_error,
    space_after,
    tag_error,
)
from lstm_viz.data.conllu_ids import Digits, Ids, is_word
from lstm_viz.data.conllu_lines import BLOCK, ConlluError, MalformedLine, pieces
from lstm_viz.errors import CodedText, coded
from lstm_viz.files.named import open_named

__all__ = [
    "UNTAGGED",
    "ConlluError",
    "Malformed",
    "MalformedLine",
    "Multiword",
    "Sentence",
    "SurfaceToken",
    "Treebank",
    "blocks",
    "parse",
    "parse_blocks",
    "read",
]

Malformed = Literal["refuse", "skip"]


@dataclass(frozen=True, slots=True)
class SurfaceToken:
    """A surface token: ``words`` syntactic words, with or without a space after it."""

    form: str
    words: int = 1
    space_after: bool = True


@dataclass(frozen=True, slots=True)
class Multiword:
    """A multiword token: the index of its first syntactic word, the number of its words, and its form."""

    first: int
    words: int
    form: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's syntactic words, their UPOS tags (`UNTAGGED` where there is none), and its text if given.

    `surface` is computed from ``multiwords`` and ``spaces`` on access: a tuple of tokens per sentence would
    take half as much memory again as the words and tags. ``spaces`` has one byte per surface token, 0 where
    no space follows; it is empty where a space follows each.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    text: str | None = None
    multiwords: tuple[Multiword, ...] = ()
    spaces: bytes = b""

    @property
    def tagged(self) -> int:
        """The number of words that have a tag."""
        return len(self.tags) - self.tags.count(UNTAGGED)

    @property
    def surface(self) -> tuple[SurfaceToken, ...]:
        """The surface tokens; their ``words`` add up to the number of syntactic words."""
        spaces = chain(self.spaces, repeat(1))
        return tuple(
            SurfaceToken(form, words, next(spaces) == 1) for form, words in self._forms_and_lengths()
        )

    def _forms_and_lengths(self) -> Iterator[tuple[str, int]]:
        place = 0
        for multiword in self.multiwords:
            yield from ((word, 1) for word in self.words[place : multiword.first])
            yield multiword.form, multiword.words
            place = multiword.first + multiword.words
        yield from ((word, 1) for word in self.words[place:])


@dataclass(frozen=True, slots=True)
class Treebank:
    """The sentences of a file, and the lines that were skipped."""

    sentences: tuple[Sentence, ...]
    problems: tuple[MalformedLine, ...] = ()


def read(path: Path, malformed: Malformed = "refuse") -> Treebank:
    """Return the treebank in a file, which is read in blocks. As `parse`; also raises OSError."""
    with open_named(path) as file:
        return parse_blocks(blocks(file), malformed)


def parse(data: bytes, malformed: Malformed = "refuse") -> Treebank:
    """Return the treebank in these bytes.

    ``words`` are the syntactic words; multiword tokens (``1-2``) are in ``surface``, empty nodes (``8.1``)
    are left out.

    Parameters
    ----------
    data : bytes
        UTF-8, with or without a byte order mark; lines end in LF or CRLF, and nowhere else.
    malformed : "refuse" or "skip"
        Whether a malformed line raises, or is skipped and reported in ``problems``. Where the IDs of a
        sentence start again, the rest of its lines are skipped too.

    Raises
    ------
    ConlluError
        At the first malformed line, with "refuse". Always, if the bytes are not such a text, or every FORM is
        "_".
    """
    return parse_blocks((data[start : start + BLOCK] for start in range(0, len(data), BLOCK)), malformed)


def parse_blocks(blocks: Iterable[bytes], malformed: Malformed = "refuse") -> Treebank:
    """Return the treebank in a stream of byte blocks, split anywhere. As `parse`.

    It takes little more memory than the sentences themselves; equal words are one object.
    """
    builder = _Builder(malformed)
    number = 0
    for piece in pieces(blocks):
        for number, line in enumerate(piece.split("\n"), number + 1):  # noqa: B020
            builder.take(number, line.removesuffix("\r"))
    return builder.finish()


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the contents of a file in blocks; raises OSError."""
    while block := file.read(BLOCK):
        yield block


@dataclass(frozen=True, slots=True)
class _Range:
    """The line of a multiword token, and the index of its first word."""

    line: int
    first: int
    form: str
    misc: str


class _Builder:
    """Builds sentences from lines."""

    def __init__(self, malformed: Malformed) -> None:
        self._sentences: list[Sentence] = []
        self._problems: list[MalformedLine] = []
        self._malformed = malformed
        self._known_forms, self._known_tags = Checked(form_error), Checked(tag_error)
        self._digits = Digits()
        self._first_word = 0
        self._begin()

    def _begin(self) -> None:
        self._ids = Ids()
        self._words: list[str] = []
        self._tags: list[str] = []
        self._text: str | None = None
        self._second_text = 0
        self._multiwords: list[Multiword] = []
        self._spaces = bytearray()
        self._range: _Range | None = None
        self._skips_rest = False

    def take(self, number: int, line: str) -> None:
        if line.startswith("#"):
            self._take_comment(number, line)
        elif not line.strip(" "):
            self._end_sentence()
        elif not self._skips_rest:
            self._take_columns(number, line)

    def finish(self) -> Treebank:
        """End the last sentence and return the treebank; raises `ConlluError`."""
        self._end_sentence()
        if self._sentences and all(word == "_" for sentence in self._sentences for word in sentence.words):
            raise ConlluError(MalformedLine(self._first_word, coded("line_without_words")))
        problems = sorted(self._problems, key=lambda problem: problem.line)  # some are found at a later line
        return Treebank(tuple(self._sentences), tuple(problems))

    def _take_comment(self, number: int, line: str) -> None:
        key, _, value = line[1:].partition("=")
        if key.strip(" ") != "text":
            return
        if self._text is None:
            self._text = value.strip(" ")
        else:  # reported later: where a blank line is missing, the error of the next ID is clearer
            self._second_text = self._second_text or number

    def _take_columns(self, number: int, line: str) -> None:
        columns = line.split("\t", COLUMNS)
        if len(columns) != COLUMNS:
            self._skip(number, columns_error(line))
            return
        place, form, _, tag, _, _, _, _, _, misc = columns
        if place == self._digits[self._ids.expected]:
            self._take_word(number, form, tag, misc)
        elif is_word(place):
            self._take_other_word(number, place, form, tag, misc)
        elif "." in place:
            self._skip(number, self._ids.empty_node_error(place))
        else:
            self._take_range(number, place, form, misc)

    def _take_word(self, number: int, form: str, tag: str, misc: str) -> None:
        try:
            word, upos = self._known_forms[form], self._known_tags[tag]
        except ColumnError as error:
            self._skip(number, error.reason)
            return
        if self._second_text:
            self._report_second_text()
        if self._range is None or self._is_behind_range():
            self._spaces.append(misc == "_" or space_after(misc))
        self._words.append(word)
        self._tags.append(upos)
        self._ids.expected += 1
        self._first_word = self._first_word or number

    def _take_other_word(self, number: int, place: str, form: str, tag: str, misc: str) -> None:
        """Take a word whose ID is not the expected one, or skip it."""
        error = self._ids.word_error(place)
        if error is None:
            self._take_word(number, form, tag, misc)
            return
        self._skip(number, error)
        self._skips_rest = 1 <= int(place) < self._ids.expected

    def _take_range(self, number: int, place: str, form: str, misc: str) -> None:
        reason = self._ids.range_error(place)
        try:
            known = self._known_forms[form]
        except ColumnError as error:
            reason = reason or error.reason
        if reason is not None:
            self._skip(number, reason)
            return
        self._close_range()
        self._range = _Range(number, len(self._words), known, misc)

    def _is_behind_range(self) -> bool:
        """Return whether the expected word is after the open range, which is then closed."""
        if self._ids.in_range():
            return False
        self._close_range()
        return True

    def _close_range(self) -> None:
        """Add a multiword token for the open range and its words."""
        if self._range is not None and len(self._words) > self._range.first:
            words = len(self._words) - self._range.first
            self._multiwords.append(Multiword(self._range.first, words, self._range.form))
            self._spaces.append(space_after(self._range.misc))
        self._range = None

    def _skip(self, number: int, reason: CodedText | None) -> None:
        """Report a line as malformed if there is a reason."""
        if reason is not None:
            self._report(number, reason)
            self._ids.skip()

    def _report_second_text(self) -> None:
        self._report(self._second_text, coded("line_second_text"))
        self._second_text = 0

    def _report(self, number: int, reason: CodedText) -> None:
        problem = MalformedLine(number, reason)
        if self._malformed == "refuse":
            raise ConlluError(problem)
        self._problems.append(problem)

    def _end_sentence(self) -> None:
        if self._second_text and self._words:
            self._report_second_text()
        if self._range is not None:
            self._skip(self._range.line, self._ids.end_error())
            self._close_range()
        if self._words:
            self._sentences.append(self._sentence())
        self._begin()

    def _sentence(self) -> Sentence:
        spaces = bytes(self._spaces) if 0 in self._spaces else b""
        words, tags, multiwords = tuple(self._words), tuple(self._tags), tuple(self._multiwords)
        return Sentence(words, tags, self._text, multiwords, spaces)
