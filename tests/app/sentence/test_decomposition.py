"""The Memory panel in a real window: what it shows adds up, belongs to what is looked at, and leads on."""

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from lstm_viz.app.panels.decomposition.geometry import FOOTER
from lstm_viz.app.panels.decomposition.half_lives import steps
from lstm_viz.app.panels.decomposition.rows import LARGEST, SMALLEST, pooled
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.widgets.painting import signed
from tests.app.test_translation import Marker, _texts_of

LONG = " ".join(["The old dog that ate the red apple and everybody read this good book ,"] * 4)


@pytest.fixture
def remembering(open_session, link):
    """Return what opens a window that shows the memory, and waits for it."""

    def open_(theme="dark", size=(1600, 1000), **selection):
        person = open_session(link, Selection(motion=False, panel="decomposition", **selection), theme)
        person.resizes(*size)
        _settle(person)
        return person

    return open_


def _panel(person):
    return person.page.side.panel("decomposition")


def _settle(person):
    """Wait until the memory of what is looked at is shown, if it has one."""
    person.settle()
    view = person.reading.view
    if view is not None and view.module.kind.gated_state is not None:
        person.wait(lambda: _panel(person).sources._shown is not None and _panel(person).sources._shown.fresh)
    QApplication.processEvents()


def _rows(person):
    return {_panel(person).sources.label(row): row.value for row in _panel(person).sources.rows.rows}


def _scored(person):
    _panel(person).toggles["score"].click()
    person.wait(_panel(person).sources.isVisible)
    QApplication.processEvents()


def test_the_bars_are_those_of_the_drawing(remembering):
    person = remembering(step=2, unit=4)
    panel = _panel(person)
    assert panel.title.text() == "Decomposition of c₃ · “ate”"
    shown = {label: round(value, 3) for label, value in _rows(person).items()}
    assert shown == {"c₀": 0, "The": 0.047, "dog": -0.098, "ate": -0.85, "the": 0, "apple": 0}
    assert panel.summary_line.total.text().startswith("sum = −0.901 = c₃ · error ")
    read = [row for row in panel.sources.rows.rows if not row.to_come]
    assert panel.sources.accessibleDescription() == "c₀ 0, The +0.047, dog −0.098, ate −0.850"
    c = person.reading.view.quantities["c"][2, 4]
    assert np.isclose(sum(row.value for row in read), c, atol=1e-6)
    assert panel.unit.currentText() == "unit 5"
    assert panel.half_lives.headline() == "Half-life: 0.42 words"


def test_keys_and_clicks_lead_on(remembering):
    person = remembering(step=2, unit=4)
    panel, state = _panel(person), person.session.state
    dense = panel.sources.dense
    place = QPointF(dense.centre(1), panel.sources.rows.tops[3] + 5)
    person.bot.mouseClick(panel.sources, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert state.selection.unit == 1
    _settle(person)
    rect = panel.triangle.dense.rect
    place = QPoint(int(rect.left()) + 5, int(rect.top() + 4.5 * panel.triangle.dense.height))
    person.bot.mouseClick(panel.triangle, Qt.MouseButton.LeftButton, pos=place)
    assert state.column == 4
    _settle(person)
    assert panel.title.text() == "Decomposition of c₅ · “apple”"
    longest = int(np.argmax(state.decomposition.half_lives))
    place = panel.half_lives.points[-1].toPoint()
    person.bot.mouseClick(panel.half_lives, Qt.MouseButton.LeftButton, pos=place)
    assert state.selection.unit == longest
    _settle(person)
    toggle = panel.toggles["state"]
    toggle.setFocus()
    person.bot.keyClick(toggle, Qt.Key.Key_Left)
    assert state.column == 3
    _settle(person)
    person.page.setFocus()
    person.bot.keyClick(person.page, Qt.Key.Key_Up)
    assert state.selection.unit == max(0, longest - 1)


def test_what_is_awaited_is_pale_and_has_no_numbers(remembering):
    person = remembering(step=2, unit=4)
    panel, sources = _panel(person), _panel(person).sources
    place = QPointF(20, sources.rows.tops[2] + 5)
    on_triangle = panel.triangle.dense.rect.center()
    assert "“dog”" in sources.describe_at(place) and panel.triangle.describe_at(QPointF(110, 80))
    strong = _darkest(panel)
    person.session.state.change(unit=2)  # the answer comes later, with the events
    assert not sources._shown.fresh
    assert sources.describe_at(place) == "" and sources.accessibleDescription() == ""
    assert panel.triangle.describe_at(on_triangle) == "" and panel.summary_line.total.text() == ""
    assert panel.half_lives.unit_at(panel.half_lives.area.center()) is None
    assert _darkest(panel) < strong / 2
    _settle(person)
    assert "“dog”" in sources.describe_at(place)
    assert panel.summary_line.total.text().startswith(
        f"sum = {signed(float(person.reading.view.quantities['c'][2, 2]), 3)}"
    )


def _darkest(panel):
    """Return how far the brightest pixel of the pictures is from the ground."""
    image = panel.sources.grab().toImage()
    ground = image.pixelColor(image.width() // 2, image.height() - 2).lightness()
    return max(
        abs(image.pixelColor(x, y).lightness() - ground)
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )


def test_what_each_word_gave_to_a_tag(remembering):
    person = remembering(step=2, unit=4)
    panel, state = _panel(person), person.session.state
    _scored(person)
    assert panel.title.text() == "Decomposition of the score of V · “ate”"
    decomposition, tags = state.decomposition, person.reading.model.tags
    for tag in (*tags, ""):
        panel.tag.setCurrentIndex(tags.index(tag) + 1 if tag else 0)
        panel.tag.activated.emit(panel.tag.currentIndex())
        assert state.selection.tag == tag
        k = tags.index(tag or "V")
        words = sum(_rows(person).values())
        assert np.isclose(words, decomposition.scores[:, k].sum(), atol=1e-5)
        logit = signed(float(words + decomposition.bias[k]), 3)
        assert panel.summary_line.total.text().startswith(f"= logit {logit} · error ")
        assert (
            panel.summary_line.terms.text().startswith("words ")
            and " + bias " in panel.summary_line.terms.text()
        )
        read = panel.sources.contributions
        assert panel.sources.limit / 2.6 < np.abs(read).max() <= panel.sources.limit
    assert (
        panel.summary_line.note.text()
        == "o₃ and tanh(c₃)/c₃ held fixed; paths through h into later gates not included"
    )
    dense = panel.sources.dense
    place = QPointF(dense.centre(0), panel.sources.rows.tops[3] + 5).toPoint()
    person.bot.mouseClick(panel.sources, Qt.MouseButton.LeftButton, pos=place)
    assert state.selection.tag == tags[0] and panel.tag.currentText() == tags[0]


def test_the_other_direction_is_a_part_of_the_score(remembering):
    person = remembering(model="preset:english-both", step=2, unit=4, direction=1)
    panel = _panel(person)
    assert panel.title.text() == "Decomposition of c₃ · “ate” · backward"
    assert list(_rows(person)) == ["The", "dog", "ate", "the", "apple", "c₀"]
    _scored(person)
    assert " + forward " in panel.summary_line.terms.text()


@pytest.mark.parametrize("size", [(1280, 800), (980, 500)])
def test_no_proof_is_cut(remembering, size):
    person = remembering(model="preset:english-both", text=LONG, step=50, unit=4, size=size)
    summary_line = _panel(person).summary_line
    _scored(person)
    for line in (summary_line.terms, summary_line.total):
        assert line.text() and line.fontMetrics().horizontalAdvance(line.text()) <= line.width()
    _panel(person).toggles["state"].click()
    assert not summary_line.terms.isVisible()
    person.wait(lambda: summary_line.height() == summary_line.sizeHint().height())
    assert (
        summary_line.total.fontMetrics().horizontalAdvance(summary_line.total.text())
        <= summary_line.total.width()
    )


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_is_under_the_mouse_can_be_read(remembering, theme):
    person = remembering(theme, step=2, unit=4)
    panel = _panel(person)
    for part in (panel.sources, panel.triangle, panel.half_lives):
        style = part.findChild(QLabel, "hover").styleSheet()
        assert f"color: {person.session.state.theme.text}" in style
        assert f"background: {person.session.state.theme.raised}" in style


def test_few_words_leave_no_hole(remembering):
    person = remembering(step=2, unit=4)
    sources = _panel(person).sources
    assert sources.rows.height == LARGEST
    assert sources.height() - sources.rows.bottom <= FOOTER + 4


def test_a_long_sentence_drops_nothing(remembering):
    person = remembering(model="preset:english", text=LONG, step=50, unit=7, size=(1280, 800))
    panel = _panel(person)
    rows = panel.sources.rows
    assert rows.height >= SMALLEST
    rest = [row for row in rows.rows if row.is_rest]
    assert len(rest) == 1 and panel.sources.label(rest[0]) == f"{len(rest[0].sources)} others"
    told = sorted(source for row in rows.rows for source in row.sources)
    assert told == list(range(52))
    values = person.session.state.decomposition.by_unit[:, 7]
    least = min(abs(row.value) for row in rows.rows if not row.is_rest and row.source != 51)
    assert np.abs(values[list(rest[0].sources)]).max() <= least
    assert np.isclose(
        sum(row.value for row in rows.rows), person.reading.view.quantities["c"][50, 7], atol=1e-5
    )
    assert rows.bottom <= panel.sources.height()


def test_gru_mean_and_the_sentence_before(remembering):
    person = remembering(model="preset:tutorial-gru", step=1, unit=None, carry=True)
    panel = _panel(person)
    assert panel.title.text() == "Decomposition of h₂ · “dog”"
    assert next(iter(_rows(person))) == "h₀ · before"
    assert "Everybody" not in panel.sources.describe_at(QPointF(10, panel.sources.rows.tops[0] + 4))
    mean = signed(float(person.reading.view.quantities["h"][1].mean()), 3)
    assert panel.summary_line.total.text().startswith(f"sum = {mean} = h₂")
    assert panel.half_lives.headline().startswith("Median half-life")


def test_typing_shows_the_new_sentence(remembering):
    person = remembering(unit=4)
    person.writes("The apple ate")
    _settle(person)
    assert list(_rows(person)) == ["c₀", "The", "apple", "ate"]
    person.session.state.change(panel="cell")
    person.writes("dog")
    person.session.state.change(panel="decomposition")
    _settle(person)
    assert list(_rows(person)) == ["c₀", "dog"]


# ------------------------------------------------------------ where the question makes no sense


def test_where_there_is_none_the_panel_says_why(remembering):
    person = remembering(model="preset:tutorial-rnn")
    panel = _panel(person)
    assert panel.note.isVisible() and "no gate that keeps" in panel.note.text()
    assert not panel.sources.isVisible()
    person.sets("")
    assert "first word" in panel.note.text()
    person.picks_model("preset:tutorial")
    person.sets("The dog")
    _settle(person)
    assert panel.sources.isVisible() and not panel.note.isVisible()


def test_characters_have_a_memory_but_no_score(remembering):
    person = remembering(model="preset:english", module="char_recurrent", step=1)
    panel = _panel(person)
    assert list(_rows(person)) == ["c₀", "d", "o", "g"]
    panel.toggles["score"].click()
    assert panel.why.isVisible() and "has no tag scores" in panel.why.text()
    assert panel.summary_line.total.text() == "" and not panel.sources.isVisible()
    assert "characters" in panel.half_lives.headline()


def test_a_layer_below_the_top_has_no_score(remembering):
    person = remembering()
    panel, state = _panel(person), person.session.state
    view = replace(person.reading.view, module=replace(person.reading.view.module, num_layers=2))
    decomposition = replace(state.decomposition, scores=None, bias=None)
    state.take_reading(replace(person.reading, view=view, decomposition=decomposition))
    panel.toggles["score"].click()
    assert panel.why.text() == "Layer 1 has no tag scores: its h is the input of layer 2. Select layer 2."


def test_what_is_no_number_is_said(remembering):
    person = remembering(step=2, unit=4)
    panel, state = _panel(person), person.session.state
    by_unit, lives = state.decomposition.by_unit.copy(), state.decomposition.half_lives.copy()
    by_unit[1, 4] = np.nan
    lives[4] = np.nan
    broken = replace(state.decomposition, by_unit=by_unit, half_lives=lives, error=float("nan"))
    state.take_decomposition(broken)
    panel.grab()
    assert "The NaN" in panel.sources.accessibleDescription()
    assert panel.summary_line.total.text() == "sum = NaN, which is NOT c₃ · error NaN"
    assert state.theme.danger in panel.summary_line.total.styleSheet()
    assert panel.half_lives.headline() == "Half-life: NaN words"
    assert len(panel.half_lives.points) == 5


# ------------------------------------------------------------ for everybody


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)])
def test_every_part_has_room(remembering, theme, size):
    person = remembering(theme, size, model="preset:english", step=3, unit=5)
    panel = _panel(person)
    for part in (panel.sources, panel.triangle, panel.half_lives, panel.summary_line, panel.toggles["score"]):
        inside = part.rect().translated(part.mapTo(panel, QPoint(0, 0)))
        assert panel.rect().contains(inside) and part.height() > 10
    assert panel.sources.dense.rect.right() <= panel.sources.width()
    assert panel.triangle.dense.rect.bottom() <= panel.triangle.height()


def test_every_part_has_a_name_and_teaches(remembering):
    panel = _panel(remembering())
    controls = [w for w in panel.findChildren(QWidget) if isinstance(w, QAbstractButton | QComboBox)]
    parts = [panel.sources, panel.triangle, panel.half_lives]
    assert len(controls) == 4
    for widget in (*controls, *parts):
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    for widget in (*parts, panel.summary_line, panel.unit, panel.tag, panel.toggles["score"]):
        assert len(widget.whatsThis()) > 60
    assert all(part.accessibleDescription() for part in parts)


def test_nothing_is_left_in_english(application, remembering):
    marker = Marker()
    application.installTranslator(marker)
    try:
        person = remembering(step=2, unit=4)
        panel = _panel(person)
        _scored(person)
        data = {"", "⟦", *(panel.tag.itemText(k) for k in range(1, panel.tag.count()))}
        texts = {text for widget in (panel, *panel.findChildren(QWidget)) for text in _texts_of(widget)}
        assert [text for text in texts - data if "⟦" not in text] == []
        said = [panel.sources.describe_at(QPointF(10, panel.sources.rows.tops[1] + 4)), panel.sources.head()]
        assert all("⟦" in text for text in said)
    finally:
        application.removeTranslator(marker)
        QApplication.processEvents()


# ------------------------------------------------------------ small things


def test_a_picture_of_fewer_pixels_keeps_what_is_furthest_from_zero():
    values = np.zeros((4, 100), np.float32)
    values[2, 37], values[2, 38], values[0, 99], values[1, 0] = -0.9, 0.5, 0.3, np.nan
    small = pooled(values, 4, 50)
    assert small.shape == (4, 50)
    assert (small[2, 18], small[2, 19], small[0, 49]) == (np.float32(-0.9), np.float32(0.5), np.float32(0.3))
    assert np.isnan(small[1, 0]) and np.count_nonzero(small) == 4
    assert pooled(values, 2, 200).shape == (2, 100)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0.00"), (0.42, "0.42"), (1.7, "1.7"), (123.4, "123"), (np.inf, "∞"), (np.nan, "NaN")],
)
def test_half_lives_in_words(value, said):
    assert steps(value) == said
