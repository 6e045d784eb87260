"""The rows on text and files; figures are for the machine, but a quadratic rule is some 50 on any."""

from lstm_viz.bench import text


def test_every_row_compares_two_ways_and_no_text_takes_the_square_of_its_length() -> None:
    rows = list(text.rows(short=True))
    assert [row.what for row in rows[:3]] == [
        "at once / in parts",
        "difflib on all of them / ours",
        "the conllu package / ours",
    ]
    assert len(rows) == 3 + 5 and all(row.goal for row in rows)
    assert rows[0].ratio < 30
