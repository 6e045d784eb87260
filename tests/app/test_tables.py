"""Tables that leave the window are written in one place, and no cell of them is a formula."""

import ast
import csv
import io
from pathlib import Path

import pytest

import lstm_viz
from lstm_viz.app.widgets.tables import Number, Table, csv_text, tsv_text

_SOURCES = sorted(Path(lstm_viz.__file__).parent.rglob("*.py"))
_WRITER = Path(lstm_viz.__file__).parent / "app" / "widgets" / "tables.py"

FORMULAS = (
    '=HYPERLINK("http://a/?"&A1,"x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "-cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
)
PLAIN = ("NN", "a,b", 'a"b', '"', "a\tb", "a\nb", "", "#1", "’s", "1-2", " x", "−1")


def _read(text, delimiter):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize(("write", "delimiter"), [(csv_text, ","), (tsv_text, "\t")])
def test_no_text_is_a_formula_and_all_of_it_is_there(write, delimiter):
    head, body = _read(write(Table(FORMULAS, [FORMULAS])), delimiter)
    assert head == body == [f"'{text}".replace("\r", "\n") for text in FORMULAS]
    head, body = _read(write(Table(PLAIN, [PLAIN])), delimiter)
    assert head == body == list(PLAIN)


@pytest.mark.parametrize(("write", "delimiter"), [(csv_text, ","), (tsv_text, "\t")])
def test_numbers_stay_numbers(write, delimiter):
    row = (-1, -0.1, 1e-300, None, Number("−0.2500"), Number("+1.5"), Number("-3e-05"), Number("12"))
    _, body = _read(write(Table(("",) * len(row), [row])), delimiter)
    assert body == ["-1", "-0.1", "1e-300", "", "-0.2500", "+1.5", "-3e-05", "12"]
    shown = (Number("–"), Number("NaN"), Number("=1"), Number("+1+1"), Number("−∞"))
    _, body = _read(write(Table(("",) * len(shown), [shown])), delimiter)
    assert body == ["–", "NaN", "'=1", "'+1+1", "−∞"]  # whatever is no number is text


def test_half_a_surrogate_pair_can_be_written():
    assert csv_text(Table(("a\ud800",), [])).encode() == "a\ufffd\n".encode()


def test_there_is_one_writer():
    found = [f"{path.name}:{line}" for path in _SOURCES if path != _WRITER for line in _writes(path)]
    assert not found
    assert set(_writes(_WRITER))  # the check finds what there is


def _writes(path):
    """Yield the lines on which a table is written by hand: a module of Python's, or cells joined by tabs."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names) if any(name.name == "csv" for name in names):
                yield node.lineno
            case ast.ImportFrom(module="csv"):
                yield node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(joint)), attr="join")) if (
                "\t" in joint or joint in (",", ";")
            ):
                yield node.lineno
