"""Reads CoNLL-U, the format of the Universal Dependencies treebanks.

Source of the format: https://universaldependencies.org/format.html.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, repeat
from pathlib import Path
from typing import BinaryIO, Literal

Malformed = Literal["refuse", "skip"]

_COLUMNS = 10
_BLOCK = 1 << 20
_LONGEST_LINE = 16 << 20


@dataclass(frozen=True, slots=True)
class SurfaceToken:
    """A token as it is written: ``words`` syntactic words, with or without a space after it."""

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
    """A sentence's syntactic words, their UPOS tags ("_" where there is none), and its text if given.

    ``multiwords`` and ``spaces`` are what `surface` is made of when it is asked for: a tuple of tokens a
    sentence would take half as much memory again as the words and tags. ``spaces`` has a byte a surface
    token, 0 where no space follows; it is empty where a space follows each.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    text: str | None = None
    multiwords: tuple[Multiword, ...] = ()
    spaces: bytes = b""

    @property
    def surface(self) -> tuple[SurfaceToken, ...]:
        """The tokens as they are written; their ``words`` add up to the number of syntactic words."""
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
class Problem:
    """What is wrong in a line; lines count from 1."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Treebank:
    """The sentences of a file, and the lines that were skipped."""

    sentences: tuple[Sentence, ...]
    problems: tuple[Problem, ...] = ()


class ConlluError(ValueError):
    """The file is refused; ``problem`` tells the line."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read(path: Path, malformed: Malformed = "refuse") -> Treebank:
    """Return the treebank in a file, which is read block by block. As `parse`; raises OSError too."""
    with path.open("rb") as file:
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
        What to do about a malformed line: raise, or leave the line out and report it in ``problems``.

    Raises
    ------
    ConlluError
        At the first malformed line, if they are refused; always, if the bytes are not UTF-8.
    """
    return parse_blocks((data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)), malformed)


def parse_blocks(blocks: Iterable[bytes], malformed: Malformed = "refuse") -> Treebank:
    """Return the treebank in bytes that come piece by piece, cut anywhere. As `parse`.

    Little more than the sentences themselves is held in memory, and of equal words only one.
    """
    builder = _Builder(malformed)
    number = 0
    for piece in _whole_lines(blocks):
        for number, line in enumerate(_decode(piece, number).split("\n"), number + 1):  # noqa: B020
            builder.take(number, line.removesuffix("\r"))
    builder.end_sentence()
    return Treebank(tuple(builder.sentences), tuple(builder.problems))


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is in a file, piece by piece; raises OSError."""
    while block := file.read(_BLOCK):
        yield block


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces that end where a line ends, without that last line break."""
    rest: list[bytes] = []
    number = 1
    for block in blocks:
        cut = block.rfind(b"\n")
        if cut >= 0:
            piece = b"".join([*rest, block[:cut]])
            yield piece
            number += piece.count(b"\n") + 1
            rest = []
        rest.append(block[cut + 1 :])
        if sum(map(len, rest)) > _LONGEST_LINE:
            raise ConlluError(Problem(number, f"a line of more than {_LONGEST_LINE >> 20} MB"))
    if any(rest):
        yield b"".join(rest)


@dataclass(slots=True)
class _Range:
    """The line of a multiword token: the id of its last word, and whether one of its words was read."""

    last: int
    form: str
    misc: str
    started: bool = False


class _Builder:
    """The sentence that is being read, and what was read before it."""

    def __init__(self, malformed: Malformed) -> None:
        self.sentences: list[Sentence] = []
        self.problems: list[Problem] = []
        self._malformed = malformed
        self._known: dict[str, str] = {}
        self._begin()

    def _begin(self) -> None:
        self._words: list[str] = []
        self._tags: list[str] = []
        self._text: str | None = None
        self._multiwords: list[Multiword] = []
        self._spaces = bytearray()
        self._range: _Range | None = None

    def take(self, number: int, line: str) -> None:
        if line.startswith("#"):
            key, _, value = line[1:].partition("=")
            if key.strip(" ") == "text":
                self._text = value.strip(" ")
        elif not line.strip(" "):
            self.end_sentence()
        else:
            self._take_word(number, line)

    def _take_word(self, number: int, line: str) -> None:
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            self._report(number, f"{len(columns)} columns instead of {_COLUMNS}")
            return
        place, word, _, tag, *_, misc = columns
        if not word or not tag:
            self._report(number, "the word or its tag is empty")
        elif _is_number(place):
            self._words.append(self._known.setdefault(word, word))
            self._tags.append(self._known.setdefault(tag, tag))
            self._take_surface(int(place), misc)
        elif not _is_extra(place):
            self._report(number, f"{place!r} is not the number of a word")
        elif "-" in place:
            self._range = _Range(int(place.partition("-")[2]), self._known.setdefault(word, word), misc)

    def _take_surface(self, place: int, misc: str) -> None:
        """Add the word last taken as a surface token, or to the multiword token that it is in."""
        if self._range is None or place > self._range.last:
            self._range = None
            self._spaces.append(_space_after(misc))
        elif self._range.started:
            self._multiwords[-1] = replace(self._multiwords[-1], words=self._multiwords[-1].words + 1)
        else:
            self._range.started = True
            self._multiwords.append(Multiword(len(self._words) - 1, 1, self._range.form))
            self._spaces.append(_space_after(self._range.misc))

    def _report(self, number: int, reason: str) -> None:
        problem = Problem(number, reason)
        if self._malformed == "refuse":
            raise ConlluError(problem)
        self.problems.append(problem)

    def end_sentence(self) -> None:
        if self._words:
            spaces = bytes(self._spaces) if 0 in self._spaces else b""
            words, tags, multiwords = tuple(self._words), tuple(self._tags), tuple(self._multiwords)
            self.sentences.append(Sentence(words, tags, self._text, multiwords, spaces))
        self._begin()


def _is_number(place: str) -> bool:
    return place.isdecimal() and place.isascii() and len(place) < 10


def _space_after(misc: str) -> bool:
    return "SpaceAfter=No" not in misc or "SpaceAfter=No" not in misc.split("|")


def _is_extra(place: str) -> bool:
    """Whether this numbers a multi-word token or an empty node."""
    first, _, last = place.replace(".", "-", 1).partition("-")
    return _is_number(first) and _is_number(last)


def _decode(piece: bytes, before: int) -> str:
    """Return the text of whole lines that have so many lines before them."""
    if not before and piece.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConlluError(Problem(1, "the file is UTF-16; CoNLL-U is UTF-8"))
    try:
        return piece.decode("utf-8" if before else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = before + error.object.count(b"\n", 0, error.start) + 1
        raise ConlluError(Problem(line, "not UTF-8: the file is in another encoding, or damaged")) from error
