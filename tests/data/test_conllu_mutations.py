"""Files that are right but for one thing, drawn; and what reading takes of large ones."""

import contextlib
import re
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

import conllu as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.data.conllu import ConlluError, parse, parse_blocks
from tests.data.test_conllu_refused import refused, row, text_of


@dataclass(frozen=True)
class Written:
    """A file's sentences as lines."""

    sentences: tuple[tuple[str, ...], ...]

    def lines(self, without_blank: int | None = None) -> list[str]:
        return [
            line
            for k, sentence in enumerate(self.sentences)
            for line in (*sentence, *([] if k == without_blank else [""]))
        ]


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, ...]:
    """Draw a sentence with words, multiword tokens and empty nodes, and with comments or without."""
    out, place = [], 1
    if draw(st.booleans()):
        out += ["# sent_id = s", "# text = t"]
    out += [row(f"0.{k}") for k in range(1, draw(st.integers(1, 3)))]
    for words in draw(st.lists(st.integers(0, 3), min_size=1, max_size=4)):
        if words:
            out.append(row(f"{place}-{place + words - 1}", "r"))
        for _ in range(max(1, words)):
            out.append(row(place))
            out += [row(f"{place}.{k}") for k in range(1, draw(st.sampled_from([1, 1, 1, 3])))]
            place += 1
    return tuple(out)


FILES = st.builds(lambda found: Written(tuple(found)), st.lists(sentences(), min_size=2, max_size=4))


def first_break(lines: list[str]) -> int:
    """Return the first line whose word or range does not have the ID that comes next; 0 for none."""
    due = 1
    for number, line in enumerate(lines, 1):
        place = line.split("\t")[0]
        if not line:
            due = 1
        elif found := re.fullmatch(r"(\d+)\.\d+", place):
            if int(found[1]) != due - 1:
                return number
        elif found := re.match(r"(\d+)", place):
            if int(found[1]) != due:
                return number
            due += "-" not in place
    return 0


@given(FILES)
def test_what_is_right_is_read_as_the_conllu_package_reads_it(file: Written) -> None:
    data = text_of(*file.lines())
    ours = parse(data)
    theirs = oracle.parse(data.decode())
    assert parse(data, "skip") == ours and not ours.problems
    assert [s.words for s in ours.sentences] == [
        tuple(t["form"] for t in s.filter(id=lambda place: isinstance(place, int))) for s in theirs
    ]
    assert [[m.words for m in s.multiwords] for s in ours.sentences] == [
        [t["id"][2] - t["id"][0] + 1 for t in s if isinstance(t["id"], tuple) and t["id"][1] == "-"]
        for s in theirs
    ]


@given(FILES, st.data())
def test_a_missing_blank_line_is_found_where_ids_start_again(file: Written, data: st.DataObject) -> None:
    lines = file.lines(without_blank=data.draw(st.integers(0, len(file.sentences) - 2)))
    assert refused(text_of(*lines))[0] == first_break(lines) > 0


@given(FILES, st.data())
def test_any_id_that_is_changed_is_refused(file: Written, data: st.DataObject) -> None:
    lines = file.lines()
    words = [k for k, line in enumerate(lines) if re.match(r"\d+\t", line)]
    k = data.draw(st.sampled_from(words))
    place, rest = lines[k].split("\t", 1)
    other = data.draw(st.integers(0, 9).filter(lambda n: n != int(place)))
    lines[k] = f"{other}\t{rest}"
    assert refused(text_of(*lines))[0] == first_break(lines) > 0


@given(FILES, st.data())
def test_a_line_that_is_lost_or_doubled_or_moved_is_refused_or_was_not_needed(
    file: Written, data: st.DataObject
) -> None:
    """Whatever is read has as many words as its last ID says."""
    lines = file.lines()
    k, other = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["lost", "doubled", "moved"]))
    line = lines[k] if how == "doubled" else lines.pop(k)
    if how != "lost":
        lines.insert(other, line)
    try:
        found = parse(text_of(*lines)).sentences
    except ConlluError:
        return
    assert first_break(lines) == 0
    blocks = [b for b in "\n".join(lines).split("\n\n") if re.search(r"^\d+\t", b, re.MULTILINE)]
    last = [max(map(int, re.findall(r"^(\d+)\t", block, re.MULTILINE))) for block in blocks]
    assert [len(sentence.words) for sentence in found] == last


# ---------------------------------------------------------------- time and memory


def seconds(data: bytes, size: int = 1 << 20) -> float:
    start = time.process_time()
    with contextlib.suppress(ConlluError):
        parse_blocks((data[k : k + size] for k in range(0, len(data), size)), "skip")
    return time.process_time() - start


LARGE: dict[str, Callable[[int], bytes]] = {
    "one sentence": lambda n: text_of(*(row(k) for k in range(1, n))),
    "one range": lambda n: text_of(row(f"1-{n}"), *(row(k) for k in range(1, n + 1))),
    "ranges": lambda n: text_of(*(line for k in range(1, n) for line in (row(f"{k}-{k}"), row(k)))),
    "empty nodes": lambda n: text_of(row(1), *(row(f"1.{k}") for k in range(1, n))),
    "texts": lambda n: text_of(*["# text = a"] * n, row(1)),
    "columns": lambda n: b"ab\t" * (10 * n),
    "CR": lambda n: b"1\ta\t_\tX\r" * (3 * n),
    "blank": lambda n: text_of(row(1, "\u200b" * (10 * n))),
    "restarts": lambda n: text_of(*[row(1)] * n),
}


@pytest.mark.parametrize("name", LARGE)
def test_the_time_is_linear(name: str) -> None:
    short, long = LARGE[name](10_000), LARGE[name](80_000)
    assert min(seconds(long) for _ in range(2)) < 30 * min(seconds(short) for _ in range(3)) + 0.02


def test_small_blocks_do_not_make_a_long_line_slow() -> None:
    data = b"x" * 400_000
    assert seconds(data, 1) < 30 * seconds(data[:50_000], 1) + 0.02


@pytest.mark.parametrize("name", ["columns", "CR"])
def test_a_line_that_never_ends_takes_no_more_than_it_is_long(name: str) -> None:
    data = LARGE[name](300_000)
    tracemalloc.start()
    seconds(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * len(data) + (8 << 20)


def test_line_numbers_are_those_of_the_file() -> None:
    lengths = list(accumulate([3, 5, 2, 70_000]))
    data = text_of(*(line for n in [3, 5, 2, 70_000] for line in (*(row(k) for k in range(1, n)), "")))
    assert refused(data + text_of(row(5)))[0] == lengths[-1] + 1
