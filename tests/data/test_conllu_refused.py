"""What is no CoNLL-U is refused with the line and the cause, in files that are right but for one thing."""

import pytest

from lstm_viz.data.conllu import ConlluError, Malformed, parse, parse_blocks


def row(place: object, form: str = "a", tag: str = "X", misc: str = "_") -> str:
    return f"{place}\t{form}\t_\t{tag}\t_\t_\t_\t_\t_\t{misc}"


def text_of(*rows: str) -> bytes:
    return "".join(line + "\n" for line in rows).encode()


def refused(data: bytes) -> tuple[int, str]:
    with pytest.raises(ConlluError) as error:
        parse(data)
    return error.value.problem.line, str(error.value.problem.reason)


THREE = [row(1), row(2), row(3)]
IDS = {
    "joined": ([*THREE, "# sent_id = 2", "# text = b b b", *THREE], 6, "blank line"),
    "joined without comments": ([*THREE, *THREE], 4, "the ID is 1 where 4 should be; a blank line"),
    "joined before a range": (
        [*THREE, row("1-2"), *THREE],
        4,
        "the range 1-2 is not right before its first word: word 4 comes next; a blank line",
    ),
    "twice": ([row(1), row(1), row(1)], 2, "the ID is 1 where 2"),
    "twice later": ([row(1), row(2), row(2)], 3, "the ID is 2 where 3"),
    "jump": ([row(1), row(3)], 2, "the ID is 3 where 2"),
    "zero": ([row(0), row(1)], 1, "the ID is 0 where 1"),
    "from two": ([row(2), row(3)], 1, "the ID is 2 where 1"),
    "leading zero": ([row("01")], 1, "the ID is 01 where 1"),
    "huge": ([row("9" * 20_000)], 1, "is not the ID of a word"),
    "huge range": ([row(f"1-{'9' * 20_000}")], 1, "is not the ID of a word"),
    "other digits": ([row("1"), row("٢")], 2, "is not the ID of a word"),
    "negative": ([row("-1")], 1, "is not the ID of a word"),
    "range after its word": ([row(1), row("1-2"), row(2)], 2, "the range 1-2 is not right before"),
    "range too early": ([row("2-3"), *THREE], 1, "the range 2-3 is not right before"),
    "range backwards": ([row(1), row("2-1"), row(2)], 2, "the range 2-1 ends before it begins"),
    "ranges overlap": ([row("1-2"), row(1), row("2-3"), row(2), row(3)], 3, "overlaps the range 1-2"),
    "ranges overlap at once": ([row("1-2"), row("1-3"), *THREE], 2, "overlaps the range 1-2"),
    "range beyond the end": ([row(1), row("2-4"), row(2), row(3)], 2, "the range 2-4 goes beyond"),
    "range without words": ([row(1), row("2-3")], 2, "the range 2-3 goes beyond the last word, 1"),
    "half a range": ([row("1-"), row(1)], 1, "is not the ID of a word"),
    "empty node of another word": ([row(1), row("2.1"), row(2)], 2, "is 2.1 where 1.1 should be"),
    "empty node jumps": ([row(1), row("1.1"), row("1.3")], 3, "is 1.3 where 1.2 should be"),
    "empty node twice": ([row(1), row("1.1"), row("1.1")], 3, "is 1.1 where 1.2 should be"),
    "empty node zero": ([row(1), row("1.0")], 2, "is not the ID of a word"),
    "two texts": (["# text = a", "# text = b", row(1)], 2, "a second “# text” in one sentence"),
    "two texts alike": (["# text = a", "# text = a", row(1)], 2, "a second “# text” in one sentence"),
    "a text at the end": (["# text = a", row(1), "#text=b"], 3, "a second “# text” in one sentence"),
    "a text within": (["# text = a", row(1), "# text = b", row(2)], 3, "a second “# text”"),
}


@pytest.mark.parametrize("before", [[], ["# text = c", row(1), row("1.1"), ""]], ids=["first", "second"])
@pytest.mark.parametrize("name", IDS)
def test_ids_and_texts_that_do_not_fit_are_refused(name: str, before: list[str]) -> None:
    rows, line, reason = IDS[name]
    found = refused(text_of(*before, *rows, "", row(1), ""))
    assert found[0] == line + len(before)
    assert reason in found[1] and len(found[1]) < 200


@pytest.mark.parametrize("name", IDS)
def test_in_lenient_mode_they_are_left_out_and_reported(name: str) -> None:
    rows, line, reason = IDS[name]
    found = parse(text_of(*rows, "", "# text = d", row(1, "d"), row(2, "e"), ""), "skip")
    assert found.problems[0].line == line and reason in str(found.problems[0].reason)
    *_, last = found.sentences
    assert (last.words, last.text) == (("d", "e"), "d")
    for sentence in found.sentences:
        assert len(sentence.words) == len(sentence.tags) == sum(t.words for t in sentence.surface) <= 3
        assert not sentence.spaces


def test_two_joined_sentences_do_not_become_one_in_lenient_mode() -> None:
    longer = [row(k, "b") for k in range(1, 7)]
    found = parse(text_of("# text = a a a", *THREE, "# text = b", *longer, "", *THREE), "skip")
    assert [sentence.words for sentence in found.sentences] == [("a",) * 3] * 2
    assert [problem.line for problem in found.problems] == [5, 6]
    assert [sentence.text for sentence in found.sentences] == ["a a a", None]


def test_ranges_and_empty_nodes_that_are_right() -> None:
    rows = [
        row("0.1"),
        row("0.2"),
        row("1-1"),
        row(1),
        row("1.1"),
        row("2-3"),
        row(2),
        row("2.1"),
        row(3),
        row("4-5"),
        row(4),
        row(5),
    ]
    (found,) = parse(text_of(*rows)).sentences
    assert [token.words for token in found.surface] == [1, 2, 2]


# ---------------------------------------------------------------- columns

BLANK = [
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u3164",
    "\u2800",
    " \u200d\u00a0",
    "\x07",
    "\u2028",
    "\ufe0f",
]


@pytest.mark.parametrize("form", BLANK)
@pytest.mark.parametrize("place", ["1", "1-2"])
def test_a_blank_word_is_refused(form: str, place: str) -> None:
    found = refused(text_of(*THREE, "", row(place, form), row(1), row(2)))
    assert found[0] == 5 and "blank" in found[1]


@pytest.mark.parametrize(
    "form", ["a b", "می\u200cخواهم", "❤\ufe0f", "\u0301", "a\u00ad", "_", "\u1100\u1161"]
)
def test_a_word_that_shows_is_a_word(form: str) -> None:
    assert parse(text_of(row(1), row(2, form))).sentences[0].words == ("a", form)


@pytest.mark.parametrize(
    "tag", ["X ", " X", "X Y", "X\u00a0", "\u200b", " ", "X\x07", "\ufeffX", "X\u2028", "_ "]
)
def test_a_tag_with_space_in_it_is_refused(tag: str) -> None:
    found = refused(text_of(row(1), row(2, "b", tag)))
    assert found[0] == 2 and "the tag" in found[1]
    assert found[1].isprintable()


@pytest.mark.parametrize("tag", ["noun", "PROPN|Case=Nom|Gender=Fem", "$,", "_", "名詞"])
def test_any_other_tag_is_taken(tag: str) -> None:
    assert parse(text_of(row(1), row(2, "b", tag))).sentences[0].tags == ("X", tag)


def test_a_treebank_of_underscores_has_no_words() -> None:
    data = text_of("# text = _ _", row(1, "_"), row(2, "_"), "", row("1-2", "a"), row(1, "_"), row(2, "_"))
    line, reason = refused(data)
    assert line == 2 and "every FORM is “_”" in reason
    with pytest.raises(ConlluError):
        parse(data, "skip")
    assert parse(text_of(row(1, "_"), "", row(1, "_"), row(2, "a"))).sentences[0].words == ("_",)


# ---------------------------------------------------------------- bytes

GOOD = text_of("# text = Tôi a", row(1, "Tôi"), row(2), "", "# text = 한", row(1, "한"), "")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    "data", [GOOD, GOOD.replace(b"\n", b"\r\n"), "# text = 漢字\n1\t漢字\n".encode() * 1000]
)
@pytest.mark.parametrize("malformed", ["refuse", "skip"])
def test_another_encoding_is_named(encoding: str, data: bytes, malformed: Malformed) -> None:
    with pytest.raises(ConlluError, match=f"^line 1: the file is {encoding[:6].upper()}; CoNLL-U is UTF-8"):
        parse(data.decode().encode(encoding), malformed)


def test_a_second_file_in_another_encoding_is_named_with_its_line() -> None:
    line, reason = refused(GOOD + GOOD.decode().encode("utf-16-le"))
    assert (line, reason[:18]) == (8, "the file is UTF-16")


@pytest.mark.parametrize("place", ["word", "comment", "blank line", "end"])
def test_a_nul_byte_is_named(place: str) -> None:
    rows = {
        "word": [row(1), row(2, "a\0b")],
        "comment": [row(1), "# \0"],
        "blank line": [row(1), "\0"],
        "end": [row(1), row(2) + "\0" * 4000],
    }[place]
    assert refused(text_of(*rows)) == (2, "a NUL byte: the file is damaged, or no text")


@pytest.mark.parametrize("rows", [[*THREE, "", *THREE], ["# text = a", *THREE], [row(1)] * 70_000], ids=len)
def test_lines_that_end_in_cr_alone_are_named(rows: list[str]) -> None:
    line, reason = refused("".join(f"{one}\r" for one in rows).encode())
    assert line == 1 and reason.startswith("a line ends in CR alone")


@pytest.mark.parametrize("line", [1, 2, 5, 7])
def test_a_cr_among_other_line_ends_is_found(line: int) -> None:
    for end in (b"\n", b"\r\n"):
        parts = GOOD.split(b"\n")
        parts[line - 1] = b"\r" + parts[line - 1] + b" "
        found = refused(end.join(parts))
        assert (found[0], found[1][:25]) == (line, "a line ends in CR alone; ")


@pytest.mark.parametrize(
    "first", [GOOD, b"\xef\xbb\xbf" + GOOD, b"\xef\xbb\xbf"], ids=["plain", "mark", "nothing"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_within_the_file_is_named(first: bytes, end: str) -> None:
    line, reason = refused((first + b"\xef\xbb\xbf" + GOOD).replace(b"\n", end.encode()))
    assert line == first.count(b"\n") + 1 and reason.startswith("a byte order mark within the file")
    assert parse(b"\xef\xbb\xbf" + GOOD) == parse(GOOD)


def test_a_file_joined_to_one_without_a_last_line_break_is_named() -> None:
    line, reason = refused(GOOD.rstrip() + b"\xef\xbb\xbf1" + GOOD[GOOD.index(b"\t") :])
    assert line == 6 and "byte order mark" in reason


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_it_does_not_matter_where_blocks_are_cut(size: int) -> None:
    broken = [
        GOOD,
        GOOD + b"\r" + GOOD,
        GOOD + b"\xef\xbb\xbf" + GOOD,
        GOOD + b"\0",
        GOOD + b"\xff",
        GOOD + text_of(row(2)),
    ]

    def told(cut: int, data: bytes) -> object:
        try:
            return parse_blocks(data[start : start + cut] for start in range(0, len(data), cut))
        except ConlluError as error:
            return error.problem

    for data in broken:
        assert told(size, data) == told(len(data), data)
