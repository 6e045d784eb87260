"""The gradient flow as a triangle: which cells there are, what they say, and in which colour."""

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from lstm_viz.app.panels.gradient_flow.flow_labels import FlowLayout
from lstm_viz.app.panels.gradient_flow.flow_matrix import reach, relative, scientific, shades
from lstm_viz.app.panels.gradient_flow.gradient_flow_panel import GradientFlowPanel
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.messages import GradientFlowQuery
from tests.app.hovers import hover_text
from tests.runs_support import write_run


@pytest.fixture
def open_panel(open_desk, tmp_path):
    def open_(width=420, height=400, path=None, answered=True, **changes):
        desk = open_desk(path or write_run(tmp_path / "run", epochs=3, steps=9), **changes)
        panel = GradientFlowPanel(desk.state, desk.runs, desk.queries)
        desk.show(panel, width, height)
        if answered:
            desk.answer(desk.link.last(GradientFlowQuery))
        return desk, panel

    return open_


def gradient_flow(desk, norms, words="a b c d e"):
    """Answer the last flow with these norms."""
    query = desk.link.last(GradientFlowQuery)
    answer = desk.answer_to(query)
    words = tuple(words.split())[: len(norms)]
    answer = msgspec.structs.replace(
        answer, norms=np.asarray(norms, np.float32), words=words, targets=("DET",) * len(words)
    )
    desk.link.reply(query, answer)


def test_the_scale_is_fixed():
    assert shades(np.array([0, 1e-9, 1e-6, 1e-3, 1, 50])).tolist() == pytest.approx([0, 0, 0, 0.5, 1, 1])


def test_each_row_is_relative_to_its_own_word():
    norms = np.array([[2e-9, 0, 0], [1e-3, 0.5, 0], [0, np.nan, 0]])
    assert relative(norms[:2, :2]).tolist() == [[1, 0], [pytest.approx(2e-3), 1]]
    assert relative(norms)[2].tolist() == [0, 0, 0]  # not a vanished gradient: there is none at all
    assert np.isnan(relative(np.array([[np.nan]]))).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("own", [np.inf, np.nan])
def test_a_row_whose_own_norm_is_not_finite_is_broken_and_not_vanished(open_panel, own):
    assert np.isnan(relative(np.array([[1, 0], [0.5, own]]))[1]).all()
    desk, panel = open_panel(answered=False)
    gradient_flow(desk, [[1, 0, 0], [0.5, own, 0], [0.1, 0.2, 1]])
    image, grid = panel.matrix.grab().toImage(), panel.matrix.grid()
    colours = [image.pixelColor(grid.cell(1, column).center().toPoint()) for column in range(3)]
    assert colours[:2] == 2 * [QColor(DARK.danger)] and colours[2] != QColor(DARK.danger)
    assert image.pixelColor(grid.cell(2, 0).center().toPoint()) != QColor(DARK.danger)


def test_a_tag_that_looks_like_a_place_holder_is_shown_as_it_is(open_panel):
    desk, panel = open_panel(answered=False)
    query = desk.link.last(GradientFlowQuery)
    answer = desk.answer_to(query)
    desk.link.reply(query, msgspec.structs.replace(answer, targets=("%7 %8",) * len(answer.words)))
    assert panel.matrix.describe(2, 0).endswith(" · target %7 %8")


def test_a_word_with_a_tiny_loss_looks_like_one_with_a_large_loss(open_panel):
    desk, panel = open_panel(answered=False)
    gradient_flow(desk, [[1e-8, 0], [1e-11, 1e-8]])
    tiny = panel.matrix.grab().toImage()
    gradient_flow(desk, [[1.0, 0], [1e-3, 1.0]])
    assert tiny == panel.matrix.grab().toImage()


def test_no_gradient_at_all_is_said(open_panel):
    desk, panel = open_panel(answered=False)
    gradient_flow(desk, [[0, 0], [1e-3, 1.0]])
    grid = panel.matrix.grid()
    assert panel.matrix.describe(0, 0) == "the loss of “a” is so small that its gradient is 0"
    assert panel.matrix.grab().toImage().pixelColor(grid.cell(0, 0).center().toPoint()) == QColor(DARK.line)


def test_words_that_are_wider_than_their_columns_are_turned():
    words = ["a", "a", "a", "a", "mmmmmmmm"]
    assert FlowLayout.fit(words[:4], 240, 400).columns == "upright"  # cells of 42 pixels
    assert FlowLayout.fit(words, 280, 400).columns == "turned"
    assert FlowLayout.fit(words, 380, 400).columns == "upright"


def test_rows_and_columns_are_labelled_at_every_size():
    few, more = ["a"] * 5, ["a"] * 20
    fits = [FlowLayout.fit(*size) for size in ((few, 400, 380), (more, 400, 380), (more, 400, 310))]
    assert [(fit.rows, fit.columns) for fit in fits] == [
        ("words", "upright"), ("words", "turned"), ("words", "numbers"),
    ]  # fmt: skip
    many = FlowLayout.fit(["a"] * 60, 300, 300)
    assert (many.rows, many.columns) == ("numbers", "numbers") and list(many.numbered()) == [
        4,
        9,
        14,
        19,
        24,
        29,
        34,
        39,
        44,
        49,
        54,
        59,
    ]
    assert many.grid.left > 0 and many.numbered().step * many.grid.height >= 14


def test_scientific_notation():
    texts = [scientific(v) for v in (3.1e-3, 0.0, 1.0, float("nan"), float("inf"))]
    assert texts == ["3.1e−3", "0", "1.0e0", "NaN", "∞"]


def test_where_the_losses_reach():
    ones = np.ones((3, 3))
    assert reach(np.tril(ones)) == (True, False) and reach(np.triu(ones)) == (False, True)
    assert reach(ones) == (True, True) and reach(np.eye(3)) == (True, False)
    assert reach(np.where(np.tril(ones, -1) > 0, np.nan, 0)) == (True, False)


def test_hover_shows_the_exact_norm(open_panel):
    desk, panel = open_panel()
    matrix = panel.matrix
    desk.bot.mouseMove(matrix, matrix.grid().cell(2, 0).center().toPoint())
    assert hover_text(matrix).startswith(
        "‖∂ loss(ate) / ∂ h(The)‖ = 1.0e−2\n1.0e−2 of the norm at its own word, 1.0e0\nwords 3 and 1"
    )
    desk.bot.mouseMove(matrix, matrix.grid().cell(0, 2).center().toPoint())
    assert not hover_text(matrix)


def test_a_word_that_looks_like_a_place_holder_is_shown_as_it_is(open_panel):
    desk, panel = open_panel(answered=False)
    gradient_flow(desk, np.tril(np.ones((2, 2))), "%3 %1")
    assert panel.matrix.describe(1, 0).startswith("‖∂ loss(%1) / ∂ h(%3)‖ = 1.0e0\n")


def test_the_keys_read_cell_by_cell(open_panel):
    desk, panel = open_panel()
    matrix = panel.matrix
    matrix.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        desk.bot.keyClick(matrix, key)
    assert matrix.current == (1, 1)
    desk.bot.keyClick(matrix, Qt.Key.Key_Right)  # nothing is there
    assert matrix.current == (1, 1) and matrix.accessibleDescription().startswith("‖∂ loss(dog) / ∂ h(dog)‖")


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_colours_are_those_of_the_norms(open_panel, theme):
    _desk, panel = open_panel(theme=theme)
    matrix = panel.matrix
    image, grid = matrix.grab().toImage(), matrix.grid()

    def colour(row, column):
        return image.pixelColor(grid.cell(row, column).center().toPoint())

    assert colour(1, 1) == QColor(theme.text)
    assert colour(0, 3) == QColor(theme.panel)
    assert colour(4, 0) not in (QColor(theme.panel), colour(1, 1))


def test_nan_is_red(open_panel):
    desk, panel = open_panel(answered=False)
    gradient_flow(desk, [[1, 0], [np.nan, 1]])
    grid = panel.matrix.grid()
    assert panel.matrix.grab().toImage().pixelColor(grid.cell(1, 0).center().toPoint()) == QColor(DARK.danger)
    assert "NaN" in panel.matrix.describe(1, 0)


def test_backward_it_is_the_upper_triangle(open_panel):
    desk, panel = open_panel(answered=False)
    gradient_flow(desk, np.triu(np.ones((4, 4))))
    assert panel.matrix.describe(0, 3) and not panel.matrix.describe(3, 0)
    assert panel.matrix._column_name() == "h of word k ≥ t"
    panel.grab()


@pytest.mark.parametrize(
    ("words", "width"), [(1, 300), (5, 300), (25, 300), (25, 700), (60, 300), (300, 300)]
)
def test_the_triangle_stays_within_its_panel(open_panel, words, width):
    desk, panel = open_panel(width=width, answered=False)
    gradient_flow(desk, np.tril(np.ones((words, words))), "word " * words)
    grid = panel.matrix.grid()
    assert panel.matrix.rect().contains(grid.rect.toAlignedRect().adjusted(0, 0, -1, -1))
    panel.grab()


def test_it_shows_whose_tags_and_which_epoch(open_panel):
    desk, panel = open_panel(epoch=2)
    assert panel.targets.text() == "epoch 2 · loss of the true tags"
    desk.state.change(epoch=1)
    desk.settle()
    query = desk.link.last(GradientFlowQuery)
    answer = desk.answer_to(query)
    desk.link.reply(query, msgspec.structs.replace(answer, is_gold=False))
    assert "the predicted tags" in panel.targets.text()
    assert "reaches 5 of 5 words" in panel.matrix.accessibleDescription()


def test_what_stands_where_there_is_nothing(open_panel):
    desk, panel = open_panel(answered=False)
    assert panel.note.isVisible() and panel.note.text() == "epoch 3 · being computed…"
    desk.fail(desk.link.last(GradientFlowQuery), "This net projects h, which is not supported.")
    assert panel.note.text() == "This net projects h, which is not supported."
    desk.state.pick_model("preset:tutorial")
    assert panel.note.text().startswith("Select or train a run")
    desk.bot.mouseMove(panel.matrix, QPoint(3, 3))


def test_the_table_has_every_pair(open_panel):
    _desk, panel = open_panel()
    rows = panel.table().rows
    assert len(rows) == 25 and rows[10][:6] == (3, 3, "ate", "DET", 1, "The")
    assert rows[10][6:] == (pytest.approx(0.01), pytest.approx(0.01))


def test_a_word_without_a_true_tag_has_no_loss_and_no_shade(open_panel):
    desk, panel = open_panel(answered=False)
    query = desk.link.last(GradientFlowQuery)
    answer = desk.answer_to(query)
    norms = np.tril(np.ones((3, 3), np.float32))
    norms[1] = 0
    targets = ("DET", "", "")
    answer = msgspec.structs.replace(answer, norms=norms, words=("a", "%1", "c"), targets=targets)
    desk.link.reply(query, answer)
    matrix, grid = panel.matrix, panel.matrix.grid()
    assert matrix.describe(1, 0) == "“%1” has no tag in the corpus, and so no loss"
    assert not matrix.describe(0, 1) and matrix.describe(0, 0).startswith("‖∂ loss(a)")
    assert "“a”" in matrix.accessibleDescription()
    assert panel.targets.text().endswith("loss of the true tags (grey: no tag)")
    image = matrix.grab().toImage()
    colours = [image.pixelColor(grid.cell(1, k).center().toPoint()) for k in range(3)]
    assert colours == [QColor(DARK.line), QColor(DARK.line), QColor(DARK.panel)]
