"""Text: characters of every kind, and much of one."""

from random import Random

from tests.fuzz.mutators.raw import mutate_bytes

_PIECES = (
    " ", "  ", "\t", "\n", "\r\n", "\u2028", "\u00a0", "\u200b", "\u200d", "\u202e", "\ufeff", "\0",
    "\x7f", "\x85",
    "\u0301", "\u0301" * 40, "\u1100\u1161\u11a8", "\u1161", "e\u0301", "\u212b", "ﬁ", "ß", "İ", "ı", "ǆ",
    "\u2adc",
    "\U0001d15e", "\ud800", "\udfff", "\ufffd", "\U0010ffff", "\ufe0f", "👩‍👩‍👧‍👦", "🇩🇪", "🏳️‍🌈",
    "1️⃣", "漢字", "한국어", "العربية",
    "हिन्दी", "ไทย", "'", "’", "“", "”", "«", "don't", "can't", "cannot", "wont", "lets", "n't", "'s",
    "...", "!!", "?!",
    "--", "e.g.", "U.S.", "Mr.", "http://a.b/c?d", "www.", "a@b.c", "@", "://", "#tag", ":-)", "<3",
    "1,000", "1.000,5",
    "0,05", "1e5", "1e99999", "-1e-400", "٣٫١٤", "１２", "３", "+", "-", "−", ".", ",", "_", "x", "X", "I",
    "a", "A", "0", "9",
    "==", "''", "``", "$5", "5kg", "3:30pm", "%1", "%s", "&lt;", "<b>", "{}", "\\", "/", "[", "]", "=",
    "f[3]@2=1",
)  # fmt: skip
_LONG = 10_000


def mutate_text(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a text with one to four changes; sometimes it is very long, sometimes no text any more."""
    kind = chance.random()
    if kind < 0.05:
        return mutate_bytes(chance, data, other)
    text, another = text_of(data), text_of(other)
    for _ in range(chance.choice((1, 1, 2, 4))):
        text = _changed(chance, text, another)
    if kind > 0.998:
        unit = chance.choice((*_PIECES, text[:9], chance.choice(_PIECES) + chance.choice(_PIECES)))
        text = text[:9] + unit * (_LONG // max(1, len(unit))) + text[9:]
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """Return the text of any bytes: UTF-8, with half surrogates too, or else a character a byte."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _changed(chance: Random, text: str, other: str) -> str:
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((0, 0, 0, 1, 1, 3, 12)))
    kind = chance.random()
    if kind < 0.75:
        new = chance.choice(_PIECES)
    elif kind < 0.85:
        new = chr(
            chance.choice((chance.randrange(0x250), chance.randrange(0x10000), chance.randrange(0x110000)))
        )
    elif kind < 0.95:
        place = chance.randrange(len(other) + 1)
        new = other[place : place + 12]
    else:
        new = text[start:end] * 3
    return text[:start] + new + text[end:]


_CELLS = ("", "_", "0", "1", "2", "3", "1-2", "2-1", "1.1", "0.1", "1-1", "01", "-1", "999999999",
    "9999999999", "NOUN",
    "_ ", " ", "\u00a0", "\u3164", "SpaceAfter=No", "SpaceAfter=No|x", "# text = a", "\ufeff", "１",
    "1\u0301")  # fmt: skip


def mutate_conllu(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a CoNLL-U file with one to four changes of its lines, columns or characters."""
    kind = chance.random()
    if kind < 0.2:
        return mutate_bytes(chance, data, other)
    if kind < 0.3:
        return mutate_text(chance, data, other)
    lines, others = data.split(b"\n"), other.split(b"\n")
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change_line(chance, lines, others)
    return (b"\r\n" if kind > 0.98 else b"\n").join(lines)


def _change_line(chance: Random, lines: list[bytes], others: list[bytes]) -> None:
    place, kind = chance.randrange(len(lines)), chance.random()
    if kind < 0.7:
        cells = lines[place].split(b"\t")
        cells[chance.randrange(min(10, len(cells)))] = chance.choice(_CELLS).encode()
        lines[place] = b"\t".join(cells)
    elif kind < 0.8:
        lines.insert(place, chance.choice(others))
    elif kind < 0.87:
        lines.insert(
            place, chance.choice((b"", b"# text = a b", b"# x", b" ", b"1\tx\t_\tX\t_\t_\t_\t_\t_\t_"))
        )
    elif kind < 0.95 and len(lines) > 1:
        del lines[place]
    else:
        lines.insert(place, lines.pop(chance.randrange(len(lines))))
