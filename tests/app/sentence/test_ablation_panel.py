"""Which units a tag stands on, in the real window: every number is the engine's, and of what is in front."""

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTranslator
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from lstm_viz.app.client.request import Priority
from lstm_viz.app.panels.ablation import rows as rows_module
from lstm_viz.app.panels.ablation import summary as summary_module
from lstm_viz.app.panels.ablation.labels import score_text, summary
from lstm_viz.app.panels.ablation.model import CHANGE, GATES, TAG, UNIT
from lstm_viz.app.panels.ablation.ranking import carriers, ranking
from lstm_viz.app.queries.of_state import ablation_query
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.widgets.numerals import share
from lstm_viz.messages import Ablation, Failure, SetValue
from lstm_viz.ordinals import index_of, ordinal
from tests.app.hovers import hover_text


@pytest.fixture
def person(open_session, link):
    """Return a person who looks at the units, ranked."""
    person = open_session(link, Selection(motion=False, panel="ablation", step=2, unit=None))
    ranked(person)
    return person


def ranked(person):
    """Wait until the ranking of what is in front is whole."""
    person.settle()
    person.wait(lambda: not panel(person).is_empty)
    person.wait(lambda: not panel(person).units._is_pale and panel(person).units.ranking is not None)
    person.wait(lambda: panel(person).units.ranking.is_done)


def panel(person):
    return person.page.side.panel("ablation")


def rows(person):
    """Return the table as it is read: a list of texts a row."""
    model = panel(person).units.model()
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def unit_of(row):
    """Return the index of the unit of a row."""
    return index_of(int(row[UNIT]))


def answer(person, units=6, gates=("i", "f", "g", "o"), changes=None, **others):
    """Return an answer by hand about what is in front."""
    reading, step = person.reading, person.session.state.selection.step
    own = reading.words[step].tag
    scores = dict(zip(reading.model.tags, map(float, reading.scores[step]), strict=True))
    other = max((tag for tag in scores if tag != own), key=scores.get)
    whole = Ablation(
        reading=reading.number,
        step=step,
        tag=own,
        layer=0,
        direction=0,
        target="margin",
        margin_to=other,
        score=scores[own] - scores[other],
        log_softmax=scores[own],
        resolution=1e-6,
        units=np.linspace(-1, 0.5, units) if changes is None else changes,
        tags=(own,) * units,
        gates=gates,
        whole_gates=np.full(len(gates), -0.25),
        gate_tags=(own,) * len(gates),
        gates_of_units=np.zeros((len(gates), units)),
        done=units + len(gates) * (units + 1),
        total=units + len(gates) * (units + 1),
    )
    return replace(whole, **others)


# ---------------------------------------------------------------- what it says


def test_the_numbers_are_the_engines_largest_first(person):
    ablation = person.session.state.ablation
    assert ablation.reading == person.reading.number and ablation.tag == "V"
    order = np.argsort(-np.abs(ablation.units), kind="stable")
    assert [unit_of(row) for row in rows(person)] == order.tolist()
    limit = panel(person).units.ranking.limit
    for row, unit in zip(rows(person), order, strict=True):
        assert row[CHANGE] == share(float(ablation.units[unit]), limit)
        wanted = [ablation.gates_of_units["ifgo".index(gate), unit] for gate in "figo"]
        assert row[GATES:] == [share(float(value), limit) for value in wanted]
    assert panel(person).title.text() == "Ablation of the units · V · “ate”"
    margin = person.reading.scores[2, 2] - person.reading.scores[2, 0]
    assert panel(person).subtitle.text() == f"margin V − DET: {margin:.4f} · Δ 0"


def test_a_unit_that_is_switched_off_by_hand_changes_the_score_by_as_much(person):
    before = float(person.reading.scores[2, 2] - person.reading.scores[2, 0])
    unit, change = unit_of(rows(person)[0]), float(person.session.state.ablation.units.min())
    person.session.state.change(edits=(panel(person).off(unit),))
    person.settle()
    after = float(person.reading.scores[2, 2] - person.reading.scores[2, 0])
    assert after - before == pytest.approx(change, abs=1e-5)
    ranked(person)
    assert abs(person.session.state.ablation.units[unit]) < person.session.state.ablation.resolution
    assert rows(person)[-1][UNIT] == str(ordinal(unit)) and rows(person)[-1][CHANGE] in ("0", "≈ 0")


def test_whole_gates_say_which_tag_is_left(person):
    gates, ablation = panel(person).gates, person.session.state.ablation
    change = share(float(ablation.whole_gates[1]), panel(person).units.ranking.gate_limit)
    assert gates.describe(0) == f"no forgetting (f = 1): margin V − DET {change}"
    assert gates.describe(3).endswith("→ NN")
    assert gates.accessibleDescription().count(";") == 3


def test_another_step_and_another_tag_have_answers_of_their_own(person):
    person.session.state.step_to(1)
    ranked(person)
    assert panel(person).title.text() == "Ablation of the units · NN · “dog”"
    chooser = panel(person).tag
    assert [chooser.itemText(k) for k in range(chooser.count())] == ["the predicted tag", "DET", "NN", "V"]
    chooser.setCurrentIndex(1)
    chooser.activated.emit(1)
    assert person.session.state.selection.tag == "DET"
    ranked(person)
    assert person.session.state.ablation.tag == "DET"
    assert panel(person).title.text() == "Ablation of the units · DET · “dog”"


@pytest.mark.parametrize(
    ("model", "gates"), [("preset:tutorial-gru", 3), ("preset:tutorial-rnn", 0), ("preset:english-both", 4)]
)
def test_other_nets(person, model, gates):
    person.picks_model(model)
    ranked(person)
    units = person.reading.view.module.hidden_size
    assert panel(person).units.model().rowCount() == units
    assert panel(person).units.model().columnCount() == GATES + gates
    assert panel(person).gates._rows == gates
    assert panel(person).gates.height() >= 17 * (1 + gates)
    assert ("forward" in panel(person).subtitle.text()) == (model == "preset:english-both")


def test_from_within_the_characters_it_is_about_the_net_of_words(person):
    person.picks_model("preset:english")
    path = person.reading.model.modules[1].path
    person.session.state.change(module=path)
    person.settle()
    ranked(person)
    assert panel(person).subtitle.text().endswith("of the word-level module")
    assert panel(person).units._picked is None
    unit = unit_of(rows(person)[0])
    person.clicks(panel(person).units.viewport(), QPoint(20, 5))
    selection = person.session.state.selection
    assert (selection.module, selection.unit) == (person.reading.model.modules[0].path, unit)


def test_one_word_then_none(person):
    person.sets("dog")
    ranked(person)
    assert panel(person).title.text() == "Ablation of the units · NN · “dog”"
    person.sets("")
    assert panel(person).is_empty
    assert panel(person).note.text() == "Shown from the first word on."
    person.sets("The dog")
    ranked(person)
    assert not panel(person).is_empty


def test_a_tag_is_never_markup(person):
    person.session.state.take_ablation(answer(person, tags=("<b>",) + ("V",) * 5))
    assert rows(person)[0][TAG] == "→ <b>"
    assert _bright(panel(person).units.viewport()) > 0
    person.bot.mouseMove(panel(person).units.viewport(), QPoint(40, 8))
    assert hover_text(panel(person).units).split("\n")[0].endswith("→ <b>")


def test_what_is_not_a_number_is_said(person):
    broken = answer(person, gates=(), tags=("NaN",) * 6, changes=np.full(6, np.nan))
    person.session.state.take_ablation(broken)
    assert {(row[CHANGE], row[TAG]) for row in rows(person)} == {("NaN", "→ NaN")}
    assert panel(person).summary_line.line.text() == "No single unit changes the score."
    assert not person.window.grab().isNull()


# ---------------------------------------------------------------- the truth, while it is awaited


def test_while_the_answer_is_awaited_the_old_picture_is_pale_and_without_numbers(person):
    view = panel(person).units
    assert _bright(view.viewport()) > 50 and _bright(panel(person).gates) > 20
    person.session.state.step_to(1)
    assert view._is_pale
    assert panel(person).gates._is_pale
    assert panel(person).subtitle.text() == panel(person).summary_line.line.text() == ""
    assert _bright(view.viewport()) == _bright(panel(person).gates) == 0
    person.bot.mouseMove(view.viewport(), QPoint(40, 30))
    assert not hover_text(view)
    ranked(person)
    assert _bright(view.viewport()) > 50


def _bright(widget):
    """Return how many points are as bright as only the ink of numbers is."""
    image = widget.grab().toImage()
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(QColor(image.pixel(x, y)).green() > 200 for x, y in points)


def test_an_answer_about_something_else_is_never_shown_as_this(person):
    state, view = person.session.state, panel(person).units
    for changes in (
        {"reading": 0},
        {"step": 1},
        {"tag": "NN"},
        {"tag": ""},
        {"target": "logit"},
        {"log_softmax": -0.5},
    ):
        state.take_ablation(answer(person, **changes))
        assert view._is_pale, changes
        state.take_ablation(answer(person))
        assert not view._is_pale


def test_typing_never_waits_for_it_and_it_is_asked_once_after(person):
    link = person.link(Priority.DETAIL)
    before = len(link.queries)
    person.page.editor.setFocus()
    person.page.editor.moveCursor(person.page.editor.textCursor().MoveOperation.End)
    for key in " dog":
        person.bot.keyClicks(person.page.editor, key)
        person.settle()
    assert link.queries[before:] == []
    ranked(person)
    (query,) = link.queries[before:]
    assert query.read.text == "The dog ate the apple dog"
    assert query.reading == person.reading.number == person.session.state.ablation.reading


def test_it_is_not_asked_while_another_panel_is_in_front(person):
    state = person.session.state
    state.change(panel="cell")
    person.wait(lambda: state.ablation is None)
    assert ablation_query(state) is None
    state.change(panel="ablation")
    ranked(person)


def test_what_went_wrong_is_said_in_its_place(person):
    state = person.session.state
    state.take_ablation(None)
    state.take_detail_error(Failure("engine_not_started", {"engine": "detail", "error": "no room"}, ""))
    assert panel(person).note.text() == "The background engine cannot be started: no room"
    assert panel(person).is_empty
    state.take_detail_error(None)
    state.take_ablation(answer(person))
    assert not panel(person).is_empty


# ---------------------------------------------------------------- what a person does


def test_a_click_follows_the_unit(person):
    view = panel(person).units
    for row in (3, 0):
        unit = unit_of(rows(person)[row])
        person.clicks(view.viewport(), QPoint(60, view.rowViewportPosition(row) + 5))
        assert person.session.state.selection.unit == view._picked == unit
        assert person.page.matrix.heatmaps._unit == unit


def test_arrows_move_and_enter_picks(person):
    view = panel(person).units
    view.setFocus()
    view.selectRow(0)
    for key, row in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Up, 1)):
        person.bot.keyClick(view, key)
        assert view.currentIndex().row() == row
        assert person.session.state.selection.unit is None
    assert view.accessibleDescription().startswith(
        f"unit {rows(person)[1][UNIT]} ablated (h = 0): margin V − DET "
    )
    person.presses(Qt.Key.Key_Return, on=view)
    assert person.session.state.selection.unit == unit_of(rows(person)[1])
    person.presses(Qt.Key.Key_Right, on=view)
    assert person.session.state.selection.step == 3


def test_the_order_can_be_that_of_the_units(person):
    order = panel(person).order
    order.setCurrentIndex(1)
    order.activated.emit(1)
    assert [row[UNIT] for row in rows(person)] == list("123456")
    order.setCurrentIndex(0)
    order.activated.emit(0)
    assert [row[UNIT] for row in rows(person)] != list("123456")


def test_a_right_click_offers_to_switch_it_off(person):
    view, menu = panel(person).units, panel(person).menu
    unit, place = unit_of(rows(person)[1]), QPoint(50, view.rowViewportPosition(1) + 5)
    QApplication.sendEvent(
        view.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place)),
    )
    assert menu.isVisible()
    assert menu.actions()[0].text() == f"Ablate unit {ordinal(unit)} (h = 0)"
    with person.bot.waitSignal(panel(person).off_requested) as asked:
        menu.actions()[0].trigger()
    menu.hide()
    assert asked.args == [unit]
    words = ("The", "dog", "ate", "the", "apple")
    assert panel(person).off(unit) == SetValue("h", 0.0, unit, words=words)


def test_what_is_under_the_mouse_is_said_in_words(person):
    view = panel(person).units
    person.bot.mouseMove(view.viewport(), QPoint(40, view.rowViewportPosition(0) + 8))
    unit, limit = unit_of(rows(person)[0]), view.ranking.limit
    change = share(float(person.session.state.ablation.units[unit]), limit)
    assert hover_text(view).split("\n")[0] == f"unit {ordinal(unit)} ablated (h = 0): margin V − DET {change}"
    assert hover_text(view).count("\n") == 4


def test_the_table_copies(person):
    panel(person).units.setFocus()
    person.bot.keyClick(panel(person).units, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    change = "change of the margin V − DET when ablated"
    assert lines[0].split("\t") == ["unit", change, "tag", "f = 1", "i = 0", "g = 0", "o = 0"]
    assert len(lines) == 7
    assert float(lines[1].split("\t")[1]) == pytest.approx(
        person.session.state.ablation.units.min(), abs=1e-3
    )


# ---------------------------------------------------------------- when it takes long


def test_a_long_one_shows_how_far_it_is_and_can_be_ended(person, monkeypatch):
    state, summary_line = person.session.state, panel(person).summary_line
    some = answer(person, done=3, tags=("V", "V", "NN", "", "", ""))
    state.take_ablation(replace(some))
    assert summary_line.currentWidget() is summary_line.line  # it has only just begun
    monkeypatch.setattr(summary_module, "_SOON_MS", -1)
    state.take_ablation(replace(some))
    assert summary_line.currentWidget() is summary_line._running
    assert (summary_line.bar.value(), summary_line.bar.maximum(), summary_line.far.text()) == (
        3,
        34,
        "3 / 34",
    )
    assert [row[CHANGE] for row in rows(person)][3:] == ["…"] * 3
    assert [row[TAG] for row in rows(person)].count("→ NN") == 1
    with person.bot.waitSignal(state.ablation_cancelled):
        person.clicks(summary_line.cancel)
    assert summary_line.currentWidget() is summary_line._stopped
    assert summary_line.ended.text() == "Cancelled after 3 of 34 forward passes."
    assert [row[CHANGE] for row in rows(person)].count("…") == 3
    with person.bot.waitSignal(state.ablation_repeated):
        person.clicks(summary_line.again)
    ranked(person)
    assert summary_line.currentWidget() is summary_line.line
    assert summary_line.line.text() == "3 of 6 units: 82 % of the total change · no unit flips the tag"


def test_a_large_net_that_is_only_being_read_yet_can_be_ended(person, monkeypatch):
    state, summary_line = person.session.state, panel(person).summary_line
    monkeypatch.setattr(summary_module, "_SOON_MS", -1)
    state.take_ablation(answer(person, tag="", done=0, tags=("",) * 6))
    assert panel(person).units._is_pale
    assert (summary_line.currentWidget(), summary_line.far.text()) == (summary_line._running, "0 / 34")
    state.take_ablation(answer(person, tag="", reading=0, done=0))
    assert (summary_line.currentWidget(), summary_line.line.text()) == (summary_line.line, "")


def test_thousands_of_units_are_painted_row_by_row_as_they_are_seen(person, monkeypatch):
    state, view = person.session.state, panel(person).units
    state.take_ablation(answer(person, units=4096))
    painted = []
    paint = rows_module.paint_bar
    monkeypatch.setattr(rows_module, "paint_bar", lambda *args: (painted.append(1), paint(*args)))
    view.viewport().grab()
    seen = view.viewport().height() // view.rowHeight(0) + 2
    assert 0 < len(painted) <= 5 * seen
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    view.viewport().grab()
    assert unit_of(rows(person)[-1]) == np.abs(state.ablation.units).argmin()
    assert len(painted) <= 10 * seen


# ---------------------------------------------------------------- small things


def test_a_tag_that_is_all_but_certain_has_numbers_too(person):
    changes = np.array([-3.2e-6, 1e-7, 0, 0, 0, 0])
    about = {"target": "log_softmax", "margin_to": "", "score": -2e-6, "log_softmax": -2e-6}
    sure = answer(person, gates=(), tags=("V",) * 6, changes=changes, resolution=1e-8, **about)
    ranked_ = ranking(sure, "V", "change")
    assert [ranked_.change(k) for k in range(3)] == ["−3.2e−6", "+1.0e−7", "0"]
    assert summary(ranked_).startswith("The tag is nearly certain · 1 of 6 units: 97 %")
    assert score_text(ranked_, -2e-6) == "log-softmax of V: −2e−6 · Δ 0"
    assert score_text(ranked_, -1e-6) == "log-softmax of V: −2e−6 · Δ 1e−6"
    unsure = replace(sure, score=-0.7)
    assert "certain" not in summary(ranking(unsure, "V", "change"))


@pytest.mark.parametrize("width", [150, 220, 400])
def test_the_title_says_where_the_bars_end_at_any_width(person, width):
    model = panel(person).units.model()
    model.set_room(lambda text: 7 * len(text) <= width)
    title = model.headerData(CHANGE, Qt.Orientation.Horizontal)
    assert title.endswith(f"scale ±{panel(person).units.ranking.limit:g}")
    assert title.startswith("change of the margin,") == (width > 150)


def test_few_units_may_carry_most():
    assert carriers(np.array([-8.0, 1.0, 1.0, 0.0])) == 1
    assert carriers(np.array([-1.0, 1.0, 1.0, 1.0, 1.0])) == 4
    assert carriers(np.zeros(3)) == carriers(np.full(3, np.nan)) == 0


def test_every_control_has_a_name_and_the_panel_teaches(person):
    shown = panel(person)
    controls = (
        shown.tag,
        shown.order,
        shown.units,
        shown.gates,
        shown.summary_line.bar,
        shown.summary_line.cancel,
    )
    for widget in (*controls, shown.summary_line.again):
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    for widget in (shown, shown.units, shown.gates):
        assert len(widget.whatsThis()) > 100


@pytest.mark.parametrize(
    ("changes", "flipped", "said"),
    [
        ((-1, 0.1, 0, 0, 0, 0), 1, "1 of 6 units: 91 % of the total change · 1 unit flips the tag"),
        ((-1, -1, 0, 0, 0, 0), 2, "2 of 6 units: 100 % of the total change · 2 units flip the tag"),
    ],
)
def test_it_is_summed_up(person, changes, flipped, said):
    tags = ("NN",) * flipped + ("V",) * (6 - flipped)
    person.session.state.take_ablation(answer(person, changes=np.array(changes, float), tags=tags))
    assert panel(person).summary_line.line.text() == said


def test_what_is_not_known_yet_comes_last(person):
    some = answer(person, done=3, tags=("", "V", "V", "", "V", ""))
    some = replace(some, units=np.array([np.nan, 0.1, -0.5, np.nan, np.nan, np.nan]))
    assert ranking(some, "V", "change").units.tolist() == [2, 1, 4, 0, 3, 5]
    assert ranking(some, "V", "unit").units.tolist() == list(range(6))


class Marker(QTranslator):
    def isEmpty(self):
        return False

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"⟦{source}⟧" if source else source


def test_all_is_translated(application, open_session, link):
    marker = Marker()
    application.installTranslator(marker)
    try:
        person = open_session(link, Selection(motion=False, panel="ablation", step=2))
        ranked(person)
        shown = panel(person)
        said = [shown.title.text(), shown.subtitle.text(), shown.summary_line.line.text(), shown.whatsThis()]
        said += [shown.gates.describe(0), shown.tag.itemText(0), shown.order.itemText(0)]
        said += [shown.summary_line.cancel.text(), shown.summary_line.again.text(), shown.units.whatsThis()]
        said += [shown.units.model().headerData(k, Qt.Orientation.Horizontal) for k in (UNIT, CHANGE, TAG)]
        assert [text for text in said if "⟦" not in text] == []
    finally:
        application.removeTranslator(marker)
        QApplication.processEvents()


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)])
def test_nothing_is_cut_off(person, size):
    person.resizes(*size)
    view = panel(person).units
    width = sum(view.columnWidth(k) for k in range(GATES + 4) if not view.isColumnHidden(k))
    assert width == view.viewport().width()
    assert not view.isColumnHidden(GATES), width
    metrics = view.horizontalHeader().fontMetrics()
    for column in range(GATES + 4):
        text = view.model().headerData(column, Qt.Orientation.Horizontal)
        assert metrics.horizontalAdvance(text) + 8 <= view.columnWidth(column), text
