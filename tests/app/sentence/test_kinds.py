"""Other kinds of inputs and outputs in the window: real vectors, batches, tokens to write on, values."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from lstm_viz.app.pages.sentence.sampling import appended, sampled
from lstm_viz.app.panels.series.series import features_of, outputs_of
from lstm_viz.messages import SetValue, Word

TEXT = "sequence 2 of 3"
ENGINE = "kinds_engine.py"


@pytest.fixture
def series(reads):
    return reads("live:series", step=1)


def test_real_vectors_and_predicted_values_have_curves_on_the_columns(series):
    page, reading = series.page, series.reading
    strip, outputs = page.matrix.features, page.matrix.outputs
    assert [one.name for one in features_of(reading)] == ["temperature", "wind"]
    assert [one.name for one in outputs_of(reading)] == ["load", "price"]
    assert strip.isVisible() and outputs.isVisible() and len(strip.rows) == len(outputs.rows) == 2
    row = strip.rows[1]
    ((*points,),) = list(row.points(row.series.lines[0]))
    assert [point.x() for point in points] == [
        page.matrix.columns.left(k) + page.matrix.columns.width / 2 for k in range(5)
    ]
    ys, values = np.array([point.y() for point in points]), reading.features[:, 1]
    assert np.corrcoef(ys, values)[0, 1] == pytest.approx(-1)
    assert ys.min() == pytest.approx(row.plot.top()) and ys.max() == pytest.approx(row.plot.bottom())
    assert [line.kind for line in outputs.rows[0].series.lines] == ["prediction", "target"]
    text = strip.describe_at(points[2])
    assert text.startswith("“2:00”\nwind: input ") and f"{values[2]:.6f}".lstrip("-") in text
    series.clicks(strip, points[3].toPoint())
    assert series.session.state.column == 3
    series.window.grab()


def test_an_unknown_target_leaves_a_gap(reads):
    person = reads("live:series", step=1)
    person.session.state.change(text="sequence 1 of 3")
    person.settle()
    row = person.page.matrix.outputs.rows[1]
    parts = [len(points) for points in row.points(row.series.lines[1])]
    assert parts == [3, 4] and [len(p) for p in row.points(row.series.lines[0])] == [8]
    person.session.state.step_to(3)
    assert person.page.scores.values.rows[1].texts[0] == "–"


def test_the_values_of_a_step_stand_beside_their_targets(series):
    page, reading = series.page, series.reading
    rows = page.scores.values.rows
    assert [row.name for row in rows] == ["load", "price"] and page.scores.values.titles[0] == "target"
    target, prediction, error = rows[0].numbers
    assert (target, prediction) == pytest.approx((reading.targets[1, 0], reading.scores[1, 0]))
    assert error == pytest.approx(prediction - target)
    table = page.table.table()
    assert table.header == ("word", "load", "price", "load, target", "price, target")
    assert len(table.rows) == 5 and table.rows[1][0] == "1:00"
    assert page.scores.table().header[2:] == ("name", "target", "prediction", "error")


def test_a_value_is_explained(series):
    state, page = series.session.state, series.page
    state.change(panel="attribution", tag="price")
    series.wait(lambda: state.attribution is not None and state.attribution.done)
    assert (state.attribution.tag, state.attribution.target) == ("price", "value")
    assert state.attribution.score == pytest.approx(float(series.reading.scores[1, 1]), abs=1e-6)
    panel = page.side.panel("attribution")
    assert panel.is_ready and "zeros" in panel.scale.text()
    assert [panel.tag.itemText(k) for k in range(panel.tag.count())] == ["load", "price"]
    assert [panel.target.itemText(k) for k in range(panel.target.count())] == ["value"]
    state.change(panel="ablation")
    series.wait(lambda: state.ablation is not None and state.ablation.done == state.ablation.total)
    assert page.side.panel("ablation").is_ready
    series.window.grab()


def test_a_sequence_of_the_batch_is_chosen_by_keys_and_its_end_is_seen(series):
    page = series.page
    assert page.input_chooser.isVisible() and not page.editor.isVisible()
    texts = [page.input_chooser.itemText(k) for k in range(3)]
    assert texts == [f"sequence {k} of 3 · {n} steps" for k, n in ((1, 8), (2, 5), (3, 2))]
    assert page.matrix.columns.past == 3 and "past" in page.matrix.legend.names
    end = page.matrix.columns.past_end(0, 10)
    assert end.right() <= page.matrix.width()
    assert page.matrix.heatmaps.describe_at(end.center() + QPoint(0, 20)) == ""
    series.presses(Qt.Key.Key_PageDown)
    assert len(series.words) == 2 and page.input_chooser.currentIndex() == 2
    series.presses(Qt.Key.Key_PageUp)
    series.presses(Qt.Key.Key_PageUp)
    assert len(series.words) == 8 and page.matrix.columns.past == 0
    assert "past" not in page.matrix.legend.names
    page.edit_sentence()
    assert page.input_chooser.hasFocus()
    series.bot.keyClick(page.input_chooser, Qt.Key.Key_Down)
    series.wait(lambda: len(series.words) == 5)


def test_of_many_features_one_has_a_curve(reads):
    person = reads("live:whole", text="input")
    strip, reading = person.page.matrix.features, person.reading
    (row,) = strip.rows
    assert len(features_of(reading)) == 6 and row.series.name == "feature 1"
    person.bot.keyClick(strip, Qt.Key.Key_Down)
    assert strip.rows[0].series.name == "feature 2"
    assert not person.page.matrix.outputs.isVisible()  # one value for the whole input
    assert person.page.scores.values.rows[0].name == "value"
    person.window.grab()


@pytest.fixture
def writes(reads):
    return reads("live:tokens", text="a bad")


def test_a_model_writes_on_and_undo_takes_it_back(writes):
    page, writer = writes.page, writes.page.writer
    assert page.writing_bar.isVisible()
    writer.temperature = 0.0
    best = writes.reading.model.tags[int(writes.reading.scores[-1].argmax())]
    writes.clicks(page.writing_bar.next)
    assert page.editor.text() == "a bad" + best and len(writes.words) == 6
    writer.temperature, writer.seed = 1.0, 7
    written = []
    for _ in range(2):
        for _ in range(3):
            writer.write_next()
            writes.settle()
        written.append(page.editor.text())
        for _ in range(3):
            page.editor.undo()
            writes.settle()
        assert page.editor.text() == "a bad" + best
    assert written[0] == written[1] and len(written[0]) == 9


def test_a_key_writes_a_token_while_one_types(writes):
    page = writes.page
    page.editor.setFocus()
    page.writer.temperature = 0.0
    writes.bot.keyClick(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    writes.settle()
    assert len(page.editor.text()) == 6 and not writes.session.state.selection.kept


def test_a_token_is_forced_and_the_best_come_first(writes):
    bar = writes.page.writing_bar
    bar.menu.aboutToShow.emit()
    offered = [action.text() for action in bar.menu.actions()]
    shares = [float(text.split("\t")[1]) for text in offered]
    bar.temperature.step(-3)
    bar.seed.step(5)
    assert (writes.page.writer.temperature, writes.page.writer.seed) == (pytest.approx(0.7), 5)
    assert len(offered) == 9 and shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    place = next(k for k, text in enumerate(offered) if text.startswith("␣"))
    bar.menu.actions()[place].trigger()
    writes.settle()
    assert writes.page.editor.text() == "a bad "


def test_writing_on_goes_from_reading_to_reading_until_it_is_stopped(writes):
    page = writes.page
    page.writer.toggle()
    writes.wait(lambda: len(page.editor.text()) >= 8)
    writes.presses(Qt.Key.Key_Escape)
    assert not page.writer.is_writing and page.writing_bar.write_on.text() == "Write on"
    page.writer.toggle()
    writes.bot.keyClicks(page.editor, "b")  # the person types
    assert not page.writer.is_writing
    writes.session.state.change(model="live:whole", text="input")
    writes.settle()
    assert not page.writing_bar.isVisible()


def test_samples_follow_the_softmax():
    scores = np.log(np.array([0.5, 0.3, 0.2], np.float32))
    drawn = np.array([sampled(scores, 1.0, 3, step) for step in range(4000)])
    np.testing.assert_allclose(np.bincount(drawn) / 4000, [0.5, 0.3, 0.2], atol=0.03)
    cold = np.array([sampled(scores, 0.25, 3, step) for step in range(4000)])
    expected = np.exp(scores * 4) / np.exp(scores * 4).sum()
    np.testing.assert_allclose(np.bincount(cold, minlength=3) / 4000, expected, atol=0.03)
    assert sampled(scores, 0.0, 3, 1) == 0
    masked = np.array([-np.inf, 0.0], np.float32)
    assert {sampled(masked, 2.0, 3, step) for step in range(50)} == {1}


@pytest.mark.parametrize(
    ("text", "words", "vocabulary", "added"),
    [
        ("the dog", [(0, 3), (4, 7)], ["the", "dog"], " x"),
        ("the", [(0, 3)], ["the", "dog", "a"], " x"),
        ("the dog ", [(0, 3), (4, 7)], ["the", "dog"], "x"),
        ("ab", [(0, 1), (1, 2)], ["a", "b"], "x"),
        ("a", [(0, 1)], ["a", "b", "<end>"], "x"),
    ],
)
def test_a_token_is_written_as_the_columns_stand_in_the_text(text, words, vocabulary, added):
    known = [Word(text[start:end], start, end, True, "", 1.0) for start, end in words]
    assert appended(text, known, "x", vocabulary) == added


def test_a_comparison_says_how_values_differ(series):
    state = series.session.state
    state.change(edits=(SetValue("z", 1.0, None, 0, 4),))
    series.settle()
    before, after = series.reading.unedited.scores, series.reading.scores
    change = f"{np.abs(after - before).max():.4f}"
    assert f"max |Δ value| {change}" in series.page.comparison_bar.label.text()
    assert [line.kind for line in outputs_of(series.reading)[0].lines] == ["prediction", "before", "target"]
    assert series.page.scores.values.titles == ("A", "B", "B − A")
    series.window.grab()
