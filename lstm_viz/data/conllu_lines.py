"""Decoding of the bytes of a CoNLL-U file into lines of text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lstm_viz.errors import CodedText, coded

BLOCK = 1 << 20
LONGEST_LINE = 16 << 20

#: UTF-32 before UTF-16: the mark of the one begins with that of the other, for little-endian bytes.
_MARKS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_ENCODINGS = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True)
class MalformedLine:
    """An error in a line; lines count from 1."""

    line: int
    reason: CodedText

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class ConlluError(ValueError):
    """Raised for a malformed file; ``problem`` has the line."""

    def __init__(self, problem: MalformedLine) -> None:
        super().__init__(str(problem))
        self.problem = problem


def pieces(blocks: Iterable[bytes]) -> Iterator[str]:
    """Yield the text of a stream of byte blocks, split anywhere, in pieces of whole lines.

    The line break after each piece is omitted; the pieces joined by line breaks are the file.

    Raises
    ------
    ConlluError
        If the bytes are not UTF-8 with lines that end in LF or CRLF, if there is a NUL byte or a byte order
        mark before a line that is not the first, or if a line is longer than `LONGEST_LINE`.
    """
    before = 0
    for piece in _whole_lines(blocks):
        yield _decoded(piece, before)
        before += piece.count(b"\n") + 1


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces of whole lines, without the last line break."""
    rest: list[bytes] = []
    size, number = 0, 1
    for block in blocks:
        cut = block.rfind(b"\n")
        if cut >= 0:
            piece = b"".join([*rest, block[:cut]])
            yield piece
            number += piece.count(b"\n") + 1
            rest, size = [], 0
        rest.append(block[cut + 1 :])
        size += len(rest[-1])
        if size > LONGEST_LINE:
            _check_is_text(b"".join(rest), number - 1)
            raise ConlluError(MalformedLine(number, coded("line_too_long", megabytes=LONGEST_LINE >> 20)))
    if size:
        yield b"".join(rest)


def _decoded(piece: bytes, before: int) -> str:
    """Return the text of whole lines, with ``before`` lines before them."""
    _check_is_text(piece, before)
    try:
        text = piece.decode("utf-8" if before else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _at(piece, error.start, before, coded("line_not_utf8")) from error
    mark = 0 if text.startswith("\ufeff") else text.find("\n\ufeff") + 1
    if mark or text.startswith("\ufeff"):
        line = before + text.count("\n", 0, mark) + 1
        raise ConlluError(MalformedLine(line, coded("line_mark")))
    return text


def _check_is_text(piece: bytes, before: int) -> None:
    """Raise `ConlluError` for bytes in another encoding, or with line breaks other than LF and CRLF."""
    encoding = next((name for mark, name in _MARKS.items() if piece.startswith(mark)), None)
    if encoding is not None and not before:
        raise _at(piece, 0, before, coded("line_encoding", encoding=encoding))
    nul = piece.find(b"\0")
    if nul >= 0:
        raise _at(piece, nul, before, _nul_error(piece[max(0, nul - 4) : nul + BLOCK]))
    if b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n") + piece.endswith(b"\r"):
        raise _at(piece, _lone_return(piece), before, coded("line_return"))


def _at(piece: bytes, place: int, before: int, reason: CodedText) -> ConlluError:
    return ConlluError(MalformedLine(before + piece.count(b"\n", 0, place) + 1, reason))


def _nul_error(text: bytes) -> CodedText:
    """Return the error for NUL bytes: an ID followed by a tab reveals the encoding."""
    for name in _ENCODINGS:
        if "1\t".encode(name) in text:
            return coded("line_encoding", encoding=name[:6].upper())
    return coded("line_nul")


def _lone_return(piece: bytes) -> int:
    place = piece.find(b"\r")
    while piece.startswith(b"\r\n", place):
        place = piece.find(b"\r", place + 2)
    return place
