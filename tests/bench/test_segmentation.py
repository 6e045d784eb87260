"""What was cut before saves cutting it again; the figures are for the machine."""

from lstm_viz.bench import segmentation


def test_a_keystroke_is_cheaper_than_the_whole_text() -> None:
    lines = list(segmentation.rows(short=True))
    assert [line.what for line in lines] == ["segmenter / rules"] * 2 + ["every gap / those that changed"]
    assert lines[2].ratio > 1
