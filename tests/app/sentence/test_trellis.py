"""The trellis of a tagger with a chain: on the columns of the words, true to the numbers, gone without."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTranslator
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout, Spread
from lstm_viz.app.panels.trellis.trellis import paint_legend
from lstm_viz.app.panels.trellis.trellis_nodes import HEADER, Nodes, shades
from lstm_viz.app.panels.trellis.trellis_steps import Decoding
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.messages import Trellis
from tests.app.hovers import hover_text
from tests.app.reach import out_of_reach

HOME = "The dog ate the apple"
LONG = " ".join(["She", "will", "park", "the", "car", "near", "that", "park"] * 5)
SMALLEST = (980, 500)
SIZES = [(1600, 1000), (1280, 800), SMALLEST]


@pytest.fixture
def reads(open_session, chained):
    """Return what opens the window on a model: ``reads("small")``."""

    def reads_(model, text=HOME, **selection):
        theme = selection.pop("theme", "dark")
        person = open_session(chained, Selection(model=model, text=text, motion=False, **selection), theme)
        person.settle()
        QApplication.processEvents()
        return person

    return reads_


@pytest.fixture
def person(reads):
    return reads("small")


def trellis(person):
    return person.page.matrix.trellis


def tag(person, column):
    return person.reading.model.tags[person.reading.trellis.path[column]]


# ---------------------------------------------------------------- there, or not


def test_without_a_chain_there_is_none(reads):
    person = reads("plain")
    assert person.reading.trellis is None
    assert not trellis(person).isVisible() and trellis(person).nodes is None
    alone = person.page.matrix.heatmaps.height()
    person.picks_model("small")
    QApplication.processEvents()
    assert trellis(person).isVisible()
    assert person.page.matrix.heatmaps.height() + trellis(person).height() + 6 == alone
    person.picks_model("plain")
    QApplication.processEvents()
    assert not trellis(person).isVisible() and person.page.matrix.heatmaps.height() == alone


def test_over_the_characters_of_a_word_there_is_none(reads):
    person = reads("large")
    assert trellis(person).isVisible()
    person.session.state.change(module=person.reading.model.modules[1].path)
    person.settle()
    assert person.reading.trellis is not None and not trellis(person).isVisible()


def test_no_words_have_none_and_a_first_word_has(person):
    person.sets("")
    assert trellis(person).nodes is None
    person.writes("dog")
    assert trellis(person).isVisible() and trellis(person).nodes.steps.words == ("dog",)
    person.window.grab()


def test_a_chain_that_is_no_number_gives_no_tags(reads):
    person = reads("broken")
    assert not trellis(person).isVisible()
    assert set(person.tags) == {"NaN"}
    assert person.page.status_line.text == "The scores are NaN: this model has invalid weights."


# ---------------------------------------------------------------- where


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("model", "text"), [("small", HOME), ("large", HOME), ("large", LONG)])
def test_nodes_stand_under_their_words_within_the_window(reads, size, model, text):
    person = reads(model, text)
    person.resizes(*size)
    QApplication.processEvents()
    matrix, shown = person.page.matrix, trellis(person)
    assert (person.window.width(), person.window.height()) == size
    for panel in (matrix.heatmaps, shown):
        assert not out_of_reach(panel)
        assert panel.height() >= panel.minimumSizeHint().height()
        assert panel.width() == matrix.width()
    nodes = shown.nodes
    assert nodes.columns is matrix.columns
    assert nodes.cells.bottom() <= shown.height() and nodes.cells.top() >= HEADER
    for column in matrix.columns.visible():
        chip, node = matrix.chips.rect_of(column), nodes.node(column, 0)
        assert chip.left() < node.left() and node.right() < chip.right() + 1
        assert abs(chip.center().x() - node.center().x()) <= 2
    tags = nodes.rows.visible.tolist()
    assert [nodes.tag_at(nodes.node(0, tag).center().y()) for tag in tags] == tags
    assert nodes.tag_at(HEADER - 1) is None and nodes.tag_at(shown.height()) is None


def test_it_scrolls_with_the_columns(reads):
    person = reads("large", LONG)
    person.resizes(*SMALLEST)
    person.presses(Qt.Key.Key_Home)
    matrix = person.page.matrix
    assert matrix.columns.hidden > 0
    matrix.scroll_bar.setValue(7)
    assert trellis(person).nodes.columns is matrix.columns and matrix.columns.first == 7
    person.presses(Qt.Key.Key_End)
    assert trellis(person).nodes.columns.visible()[-1] == len(person.words) - 1


@pytest.mark.parametrize(("model", "text"), [("small", HOME), ("large", LONG)])
def test_a_click_steps_to_its_column(reads, model, text):
    person = reads(model, text)
    for column in (person.page.matrix.columns.visible()[-1], person.page.matrix.columns.first):
        person.clicks(trellis(person), trellis(person).nodes.node(column, 1).center().toPoint())
        assert person.session.state.column == column


# ---------------------------------------------------------------- what is painted


def _is_like(colour: QColor, wanted: str) -> bool:
    pairs = zip(colour.getRgb()[:3], QColor(wanted).getRgb()[:3], strict=True)
    return max(abs(a - b) for a, b in pairs) < 40


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("model", ["small", "large"])
def test_each_node_has_the_shade_of_its_delta(reads, model, theme):
    person = reads(model, theme=theme.name)
    image, nodes = trellis(person).grab().toImage(), trellis(person).nodes
    best = person.reading.trellis.best
    share = np.clip(1 + (best - best.max(axis=1, keepdims=True)) / 10, 0, 1)
    levels, colours = np.round(share * 255).astype(int), shades(theme, nodes.steps.tags)
    for column in range(1, 5):
        marked = {person.reading.trellis.path[column], int(nodes.steps.alone[column])}
        for row in set(range(nodes.rows.shown)) - {near + by for near in marked for by in (-1, 0, 1)}:
            node = nodes.node(column, row)
            pixel = image.pixelColor(int(node.left() + 3), int(node.center().y())).rgb()
            assert pixel == colours[row, levels[column, row]], (column, row)
    assert len({int(level) for level in levels.flat}) > 5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_path_is_framed_and_joined_and_the_words_own_best_ringed(reads, theme):
    person = reads("small", theme=theme.name)
    person.session.state.step_to(0)
    image, nodes = trellis(person).grab().toImage(), trellis(person).nodes
    path = person.reading.trellis.path
    for column, row in enumerate(path):
        for k in range(3):
            node = nodes.node(column, k)
            framed = _is_like(image.pixelColor(int(node.center().x()), int(node.top())), theme.text)
            assert framed is (k == row), (column, k)
        if column:
            x, y = nodes.step(column, path[column - 1], row).pointAt(0.5).toTuple()
            around = [image.pixelColor(int(x), int(y) + by) for by in (-1, 0, 1)]
            assert any(_is_like(colour, theme.text) for colour in around)
    (ringed,) = nodes.steps.differing
    ring = nodes.node(ringed, int(nodes.steps.alone[ringed])).adjusted(-2.5, -1.5, 2.5, 1.5)
    edge = [image.pixelColor(int(ring.left()), y) for y in range(int(ring.top()) + 5, int(ring.bottom()) - 5)]
    dots = [_is_like(colour, theme.text) for colour in edge]
    assert any(dots) and not all(dots)


@pytest.mark.parametrize("tags", [2, 5, 12, 17, 60, 303])
@pytest.mark.parametrize("height", [70, 90, 130, 198, 230, 400])
def test_no_label_covers_another(tags, height):
    names = tuple(f"NOUN:{k}" for k in range(tags))
    best, square = np.zeros((1, tags), np.float32), np.zeros((tags, tags), np.float32)
    trellis_of = Trellis(best[0], best[0], square, best, best, (0,))
    steps = Decoding(("x",), names, best, trellis_of)
    places = Nodes(QRectF(0, 0, 600, height), steps, ColumnLayout.fit(1, 600), DARK).names()
    assert 0 in places
    for a, b in combinations(places.values(), 2):
        assert a.intersected(b).height() < 0.01 or a.intersected(b).width() <= 0
    assert all(place.left() > 0 and place.right() <= LABEL_WIDTH for place in places.values())
    assert min(place.height() for place in places.values()) >= 11


def test_the_best_ways_to_the_tags_of_the_playheads_word_are_drawn(reads):
    person = reads("small")
    nodes = trellis(person).nodes

    def drawn(column):
        image, path = trellis(person).grab().toImage(), person.reading.trellis.path
        ways = {(int(start), k) for k, start in enumerate(nodes.steps.before(column))}
        ways.discard((path[column - 1], path[column]))
        places = [nodes.step(column, *way).pointAt(0.5).toPoint() for way in ways]
        return [not _is_like(image.pixelColor(place), DARK.panel) for place in places]

    person.session.state.step_to(3)
    assert all(drawn(3)) and len(drawn(3)) >= 2
    person.session.state.step_to(1)
    assert not all(drawn(3))


def test_numbers_stand_in_nodes_that_are_large_enough(reads):
    person = reads("small")
    person.resizes(1600, 1000)
    QApplication.processEvents()
    nodes = trellis(person).nodes
    inner = nodes.node(1, 0).adjusted(4, 3, -4, -3).toRect()
    image = trellis(person).grab().toImage()
    assert (
        len(
            {
                image.pixel(x, y)
                for x in range(inner.left(), inner.right())
                for y in range(inner.top(), inner.bottom())
            }
        )
        > 4
    )
    assert nodes.row_height == int(nodes.row_height)


@pytest.mark.parametrize("model", ["small", "large"])
def test_partial_paints_leave_nothing_stale(reads, model):
    person = reads(model)
    person.resizes(1280, 800)
    person.hides_the_latency()
    for act in (
        lambda: person.presses(Qt.Key.Key_End),
        lambda: person.presses(Qt.Key.Key_Home),
        lambda: person.presses(Qt.Key.Key_Right),
        lambda: person.writes("The dog ate that"),
        lambda: person.presses(Qt.Key.Key_Backspace, on=person.page.editor),
        lambda: person.sets("The apple ate that dog"),
        lambda: person.presses(Qt.Key.Key_Home),
    ):
        act()
        person.page.setFocus()
        shown = _screen(person)
        for widget in person.window.findChildren(QWidget):
            widget.update()
        # where a part ends, Qt smooths a slanted line and places the dashes of a frame a little differently
        differing = np.abs(_channels(shown) - _channels(_screen(person))) > 24
        assert np.count_nonzero(differing) < 150  # a cell that is not painted anew has some thousand


def _screen(person):
    QApplication.processEvents()
    return person.window.screen().grabWindow(person.window.winId()).toImage()


def _channels(image):
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return pixels.astype(int)


def test_the_theme_changes_while_it_is_shown(person):
    corner = trellis(person).grab().toImage().pixelColor(40, 60)
    person.session.state.set_theme(LIGHT)
    light = trellis(person).grab().toImage().pixelColor(40, 60)
    assert corner.lightness() < 60 and light.lightness() > 200


def test_the_legend_leaves_out_what_does_not_fit():
    ends = []
    for width in (150, 330, 420, 700):
        image = QImage(width, HEADER, QImage.Format.Format_RGB32)
        image.fill(QColor(DARK.panel))
        empty = _channels(image)
        with QPainter(image) as painter:
            paint_legend(painter, QRectF(image.rect()), DARK)
        ends.append(int((_channels(image) != empty).any(axis=0).nonzero()[0].max()) // 4)
        assert ends[-1] <= width - 8
    assert ends[0] < 112 < ends[1] < ends[2] < ends[3]


# ---------------------------------------------------------------- what is said


def test_hover_says_all_that_the_algorithm_knew(person):
    decoded, scores = person.reading.trellis, person.reading.scores
    came = int((decoded.best[1] + decoded.transitions[:, 2]).argmax())
    assert trellis(person).describe(2, 2).split("\n") == [
        "“ate” · V",
        f"emission score  {scores[2, 2]:.4f}".replace("-", "−"),
        f"predecessor {person.reading.model.tags[came]}, transition  {decoded.transitions[came, 2]:.4f}",
        f"best path to here  δ = {decoded.best[2, 2]:.4f}".replace("-", "−"),
        f"max δ − δ  {decoded.best[2].max() - decoded.best[2, 2]:.4f}",
        f"probability over all paths  {decoded.marginals[2, 2]:.4f}",
    ]
    assert "start score  0.5000" in trellis(person).describe(0, 0)
    assert "end score  0.2500" in trellis(person).describe(4, 1)
    assert "end score" not in trellis(person).describe(3, 1)


def test_the_mouse_shows_it_over_nodes_only(person):
    shown, node = trellis(person), trellis(person).nodes.node(1, 1)
    for place, said in (
        (node.center(), "“dog” · NN"),
        (QPointF(node.center().x(), 5), ""),
        (QPointF(4, 60), ""),
    ):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            shown.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(shown, event)
        assert hover_text(shown).startswith(said) and bool(hover_text(shown)) is bool(said)


def test_who_hears_the_window_hears_the_path(person):
    person.presses(Qt.Key.Key_Home)
    path = ", ".join(f"{word} {tag(person, t)}" for t, word in enumerate(person.words))
    own = person.reading.model.tags[int(person.reading.scores[2].argmax())]
    said = trellis(person).accessibleDescription()
    assert said.startswith(f"Best path: {path}. Without the chain: ate {own}. “The” · DET, emission score")
    person.presses(Qt.Key.Key_Right)
    assert f"“dog” · {tag(person, 1)}, emission score" in trellis(person).accessibleDescription()


def test_chips_tell_where_the_word_alone_would_have_another_tag(person):
    chips = person.page.matrix.chips
    assert person.tags[2] != "V"
    probability = person.reading.words[2].probability
    assert chips.describe(2) == f"ate · {person.tags[2]} {probability:.4f} · best emission score: V"
    assert chips.describe(1) == f"dog · {person.tags[1]} {person.reading.words[1].probability:.4f}"
    assert [chips.chip(column).alone for column in range(5)] == ["", "", "V", "", ""]


def test_the_remark_counts_them(person):
    assert person.page.status_line.text == "Viterbi differs from argmax at 1 word."
    person.sets(f"{HOME} dog ate dog")
    count = len(trellis(person).nodes.steps.differing)
    assert count > 1
    assert person.page.status_line.text == f"Viterbi differs from argmax at {count} words."
    person.sets("The dog")
    assert person.page.status_line.text == ""


def test_the_scores_are_said_to_be_word_by_word(reads):
    person = reads("small", step=2)
    assert person.page.scores._title() == "Emission scores · “ate”"
    model = person.page.table.model
    chosen = 3 + person.reading.trellis.path[2]
    assert [column for column in range(6) if model.is_best(2, column)] == [2, chosen]
    person.picks_model("plain")
    assert person.page.scores._title() == "Tag scores · “ate”"


def test_every_text_of_it_is_translated(application, reads):
    class Marker(QTranslator):
        def isEmpty(self):
            return False

        def translate(self, context, source, disambiguation=None, n=-1):
            return f"⟦{source}⟧" if source else source

    marker = Marker()
    application.installTranslator(marker)
    try:
        person = reads("small", step=2)
        lines = (
            trellis(person).describe(0, 0).split("\n")[1:] + trellis(person).describe(4, 0).split("\n")[1:]
        )
        lines += [trellis(person).accessibleName(), person.page.status_line.text, person.page.scores._title()]
        assert all(line.startswith("⟦") for line in lines)
        assert "⟦best emission score: V⟧" in person.page.matrix.chips.describe(2)
        assert trellis(person).accessibleDescription().startswith("⟦Best path: ")
        person.window.close()
    finally:
        application.removeTranslator(marker)


@pytest.mark.parametrize("places", [(0, 1, 2), (0, 1, 5), (2, 3, 7)])
def test_every_node_is_within_the_cells_also_behind_a_gap(places):
    """Of a pair of sentences the columns of one may have others between them."""
    best, square = np.zeros((3, 2), np.float32), np.zeros((2, 2), np.float32)
    steps = Decoding(
        ("x", "y", "z"), ("A", "B"), best, Trellis(best[0], best[0], square, best, best, (0, 0, 0))
    )
    columns = Spread.over(ColumnLayout.fit(8, 600), places)
    nodes = Nodes(QRectF(0, 0, 600, 200), steps, columns, DARK)
    for column in range(3):
        assert nodes.cells.contains(nodes.node(column, 0).center())
    assert nodes.cells.right() >= nodes.node(2, 0).right()


def test_a_drawing_of_the_chain_and_its_legend_is_shapes_and_letters(person):
    drawing = person.page.matrix.figure().svg()
    assert trellis(person).isVisible() and b"<image" not in drawing and b"best path" in drawing
