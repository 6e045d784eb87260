"""The map of the embeddings: where the words are, which have a label, and what is requested when."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from lstm_viz.app.pages.training.flow_or_map import FlowOrMap
from lstm_viz.app.panels.embedding_map.map_panel import EmbeddingMapPanel
from lstm_viz.app.panels.embedding_map.view_model import MapViewModel, labels
from lstm_viz.app.panels.gradient_flow.gradient_flow_panel import GradientFlowPanel
from lstm_viz.app.widgets.export import FigureSnapshot
from lstm_viz.messages import EmbeddingMap, EmbeddingMapQuery
from tests.app.hovers import hover_text
from tests.runs_support import add_epoch, write_run

WORDS = ("the", "dog", "<b>ate</b>", "apple")


def result(epochs=(0, 1, 2, 3), words=WORDS, model="run:r", seed=0):
    points = np.random.default_rng(seed).normal(size=(len(epochs), len(words), 2)).astype(np.float32)
    return EmbeddingMap(model, words, tuple(range(len(words), 0, -1)), epochs, points, (0.6, 0.3))


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path / "run", epochs=3, steps=9)


@pytest.fixture
def opened(open_desk, run):
    desk = open_desk(run)
    panel = EmbeddingMapPanel(desk.state, desk.runs, desk.queries)
    desk.show(panel, 420, 360)
    desk.settle()
    return desk, panel


def _answer(desk, **changes):
    query = desk.link.last(EmbeddingMapQuery)
    desk.link.reply(query, result(query.epochs, model=query.model, **changes))


def test_a_word_is_where_its_numbers_are():
    shown = MapViewModel.of(result(), 2)
    places = shown.placed(shown.result.points, 400.0, 300.0)
    assert places[..., 0].min() >= 0 and places[..., 0].max() <= 400
    assert places[..., 1].min() >= 0 and places[..., 1].max() <= 300
    apart, drawn = (np.diff(points, axis=1) for points in (shown.result.points, places))
    scale = np.abs(drawn).sum() / np.abs(apart).sum()
    np.testing.assert_allclose(drawn, apart * (scale, -scale), rtol=1e-4)  # one scale; upwards is more
    assert (shown.now == shown.result.points[2]).all() and len(shown.trail(1)) == 3
    for word, (x, y) in enumerate(shown.placed(shown.now, 400.0, 300.0)):
        assert shown.nearest(x, y, 400.0, 300.0, 9.0) == word
    assert shown.nearest(-50.0, 0.0, 400.0, 300.0, 9.0) is None


def test_what_is_not_finite_is_nowhere():
    found = result()
    found.points[2, 1] = np.nan
    shown = MapViewModel.of(found, 2)
    places = shown.placed(shown.now, 400.0, 300.0)
    assert np.isnan(places[1]).all() and np.isfinite(places[[0, 2, 3]]).all() and shown.is_finite
    assert len(shown.trail(1)) == 2 and 1 not in labels(places, [30.0] * 4, 14.0, (0, 0, 400, 300))
    found.points[2] = np.nan
    assert not MapViewModel.of(found, 2).is_finite and MapViewModel.of(found, 1).is_finite
    assert MapViewModel.of(found, 2).nearest(1.0, 1.0, 400.0, 300.0, 1e9) is None


def test_no_label_is_on_another_or_on_a_dot_of_a_labelled_word():
    places = np.random.default_rng(2).uniform(0, 300, size=(60, 2))
    found = labels(places, [40.0] * 60, 14.0, (0, 0, 300, 300))
    boxes = [(x, y - 14 + 3.5, x + 40, y + 3.5) for x, y in found.values()]
    assert 15 < len(found) < 60 and 0 in found
    assert all(a[0] >= 0 and a[1] >= 0 and a[2] <= 300 and a[3] <= 300 for a in boxes)
    for k, a in enumerate(boxes):
        assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[:k])
        assert not ((places > (a[0], a[1])) & (places < (a[2], a[3]))).all(axis=1).any()


def test_it_is_requested_while_it_is_visible_and_again_for_a_new_checkpoint(opened, run):
    desk, panel = opened
    assert [query.epochs for query in desk.link.of(EmbeddingMapQuery)] == [(0, 1, 2, 3)]
    assert panel.note.isVisible() and not panel.is_ready
    _answer(desk)
    assert panel.picture.isVisible() and panel.is_ready
    assert panel.subtitle.text() == "epoch 3 · 90% of the variance"
    panel.hide()
    add_epoch(run, 12, 4)
    desk.runs.poll()
    desk.settle()
    assert len(desk.link.of(EmbeddingMapQuery)) == 1
    panel.show()
    desk.settle()
    assert desk.link.last(EmbeddingMapQuery).epochs == (0, 1, 2, 3, 4) and not panel.is_ready
    _answer(desk)
    assert panel.run_epoch == desk.runs.run_epoch and panel.is_ready


def test_another_epoch_is_shown_without_another_request(opened):
    desk, panel = opened
    _answer(desk)
    before = panel.picture.grab().toImage()
    desk.state.change(epoch=1)
    desk.settle()
    assert panel.subtitle.text().startswith("epoch 1 ·") and panel.picture.grab().toImage() != before
    assert len(desk.link.of(EmbeddingMapQuery)) == 1
    rows = panel.table().rows
    assert len(rows) == 16 and rows[0][:3] == (0, "the", 4)
    assert [rows[5][3], rows[5][4]] == desk.queries.embedding_map.points[1, 1].astype(float).tolist()


def test_the_mouse_names_a_word_literally(opened):
    desk, panel = opened
    _answer(desk)
    shown = MapViewModel.of(desk.queries.embedding_map, 3)
    x, y = shown.placed(shown.now, panel.picture.width(), panel.picture.height())[2]
    at = QPointF(float(x), float(y))
    text = panel.picture.describe_at(at).splitlines()
    assert text[0] == "“<b>ate</b>”" and text[1].startswith("epoch 3 · axis 1 ")
    assert text[2] == "2 times in the training sentences"
    before = panel.picture.grab().toImage()
    desk.bot.mouseMove(panel.picture, at.toPoint())
    assert hover_text(panel.picture) == panel.picture.describe_at(QPointF(at.toPoint()))
    assert panel.picture.grab().toImage() != before  # its trail
    desk.bot.mouseMove(panel.picture, QPoint(0, 0))


def test_a_figure_is_shapes_and_text(opened):
    desk, panel = opened
    _answer(desk)
    svg = FigureSnapshot.of(panel.figure(), panel.table).svg
    tags = [element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()]
    assert "image" not in tags and tags.count("text") > 4


def test_twenty_thousand_words_are_drawn(opened):
    desk, panel = opened
    words = tuple(f"word{k}" for k in range(20_000))
    _answer(desk, words=words)
    assert not panel.picture.grab().toImage().isNull()
    assert panel.subtitle.text().endswith(" · frequent words named")


def test_a_failure_is_said(opened):
    desk, panel = opened
    desk.fail(desk.link.last(EmbeddingMapQuery), "no map")
    assert "no map" in panel.note.text() and not panel.is_ready


def test_flow_and_map_take_turns(open_desk, run):
    desk = open_desk(run)
    flow = GradientFlowPanel(desk.state, desk.runs, desk.queries)
    embedding_map = EmbeddingMapPanel(desk.state, desk.runs, desk.queries)
    both = FlowOrMap(flow, embedding_map, None)
    desk.show(both, 420, 360)
    desk.settle()
    assert flow.isVisible() and not desk.link.of(EmbeddingMapQuery)
    toggle = both._toggles[0][1]
    toggle.setFocus()
    desk.bot.keyClick(toggle, Qt.Key.Key_Space)
    desk.settle()
    assert embedding_map.isVisible() and desk.link.of(EmbeddingMapQuery)
    assert both._toggles[1][1].isChecked() and both._toggles[1][1].hasFocus()
    desk.bot.keyClick(both._toggles[1][0], Qt.Key.Key_Space)
    assert flow.isVisible() and both._toggles[0][0].isChecked()
