"""What the words gave, in a real window: true to the engine, pale while it is not known, said in words."""

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QVBoxLayout, QWidget

from lstm_viz.app.panels.attribution.arcs import Arcs
from lstm_viz.app.panels.attribution.area import RowsArea
from lstm_viz.app.panels.attribution.flow_curves import Axes, FlowCurves, NormCurve, flow_of
from lstm_viz.app.panels.attribution.labels import method_name, proof_line, scale_line
from lstm_viz.app.panels.attribution.rows import AttributionRows, RowLayout
from lstm_viz.app.panels.attribution.view_model import AttributionViewModel, newer
from lstm_viz.app.panels.heatmaps.column_layout import ColumnLayout
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.theme import DARK
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.numerals import level, limit_text, nice, power, ratio, share
from lstm_viz.messages import Attribution, Failure
from tests.app.hovers import hover_text

HOME = "The dog ate the apple"
LONG = " ".join(["the", "dog", "ate", "that", "apple", "and", "everybody", "read", "the", "book"] * 4)


@pytest.fixture
def reads(open_session, link):
    """Return what opens the window on the words' panel, all of it answered: ``reads("preset:tutorial")``."""

    def reads_(model="preset:tutorial", text=HOME, step=2, size=(1600, 1000), theme="dark", **selection):
        selection = Selection(
            model=model, text=text, step=step, motion=False, panel="attribution", **selection
        )
        person = open_session(link, selection, theme)
        person.resizes(*size)
        answered(person)
        return person

    return reads_


@pytest.fixture
def person(reads):
    return reads()


def answered(person):
    """Wait until the newest question about the words has its last answer; return that."""
    person.settle()

    def done():
        attribution, state = person.session.state.attribution, person.session.state
        about = attribution is not None and (attribution.reading, attribution.step) == (
            state.reading.number,
            state.selection.step,
        )
        asked = state.selection.tag if state.selection.tag in state.reading.model.tags else None
        return (
            about
            and attribution.done
            and asked in (None, attribution.tag)
            and attribution.target == state.target
        )

    person.wait(done)
    QApplication.processEvents()
    return person.session.state.attribution


def panel(person):
    return person.page.side.panel("attribution")


def strip(person):
    return person.page.matrix.attribution


def numbers(person, method):
    rows = panel(person).rows
    return [rows.number(method, word) for word in range(len(person.words))]


def hover(widget, x, y):
    place = QPointF(x, y)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        place,
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier(0),
    )
    QApplication.sendEvent(widget, event)
    return hover_text(widget)


# ---------------------------------------------------------------- true to the engine


@pytest.mark.parametrize(
    "model", ["preset:tutorial", "preset:tutorial-gru", "preset:tutorial-rnn", "preset:english-both"]
)
def test_what_stands_there_is_what_the_engine_said(reads, model):
    person = reads(model)
    attribution = person.session.state.attribution
    assert attribution.words == tuple(person.words) and attribution.tag == person.tags[2]
    limit = panel(person).shown.limit
    assert numbers(person, "integrated") == [share(float(v), limit) for v in attribution.integrated]
    assert numbers(person, "gradient_input") == [share(float(v), limit) for v in attribution.gradient_input]
    left_out = numbers(person, "occlusion")
    assert left_out[2] == "–" and left_out[0] == share(float(attribution.occlusion[0]), limit)
    assert panel(person).title.text() == f"Attribution of {attribution.tag} to the words · “ate”"
    np.testing.assert_array_equal(strip(person).arcs.values, attribution.integrated)


def test_the_proof_stands_under_it(person):
    attribution, line = person.session.state.attribution, panel(person).sum.text()
    less = f"= score {attribution.score:.4f} − ({attribution.baseline:.4f}) at zero input".replace("-", "−")
    assert panel(person).proof.text() == less
    assert f"sum {float(attribution.integrated.astype(float).sum()):+.4f}" in line
    assert line.endswith(f"error {power(attribution.completeness, 0)}") and attribution.completeness < 1e-3


@pytest.mark.parametrize("size", [(1280, 800), (980, 500)])
def test_no_proof_is_cut(reads, size):
    place = panel(reads("preset:english-both", LONG, step=30, size=size))
    for line in (place.sum, place.proof, place.scale, place.score):
        assert line.text() and line.fontMetrics().horizontalAdvance(line.text()) <= line.width()


def test_a_sum_that_is_far_off_is_not_called_a_proof(person):
    last = person.session.state.attribution
    assert "error too large" not in panel(person).sum.text()
    person.session.state.take_attribution(_with(last, completeness=0.5))
    assert panel(person).sum.text().endswith("error 5e−1 · error too large")


def test_the_tag_that_is_asked_about_can_be_chosen(person):
    chooser = panel(person).tag
    assert chooser.itemText(0) == "the predicted tag" and chooser.currentIndex() == 0
    chooser.setCurrentIndex(1)
    chooser.activated.emit(1)
    attribution = answered(person)
    assert (
        attribution.tag == "DET" and panel(person).title.text() == "Attribution of DET to the words · “ate”"
    )
    score = float(person.reading.scores[2, 0])
    assert attribution.log_softmax == pytest.approx(score, abs=1e-5)
    chooser.activated.emit(0)
    assert person.session.state.selection.tag == ""
    person.wait(lambda: person.session.state.attribution.tag == "V")


def test_each_step_and_each_sentence_has_its_own_answer(person):
    first = person.session.state.attribution
    person.presses(Qt.Key.Key_Right)
    attribution = answered(person)
    assert attribution.step == 3 and attribution.tag == "DET" and panel(person).title.text().endswith("“the”")
    person.sets("Everybody read that book")
    attribution = answered(person)
    assert attribution.words == ("Everybody", "read", "that", "book") and attribution.reading != first.reading
    assert strip(person)._columns.count == 4


def test_without_a_word_the_tag_may_be_another(reads):
    person = reads("preset:tutorial-rnn")
    attribution, rows = person.session.state.attribution, panel(person).rows
    assert attribution.without[1] == "NN" and person.tags[2] == "V"
    assert rows.other_tag(1) == "NN" and rows.other_tag(0) == "" and rows.other_tag(2) == ""
    assert rows.describe(1).endswith("→ NN")
    rows.grab()


def test_edits_are_in_it(person):
    from lstm_viz.messages import SetValue

    before = person.session.state.attribution
    person.session.state.change(edits=(SetValue("f", 0.0, None, 2, 2),))
    after = answered(person)
    assert after.reading > before.reading
    assert not after.direct[:2].any() and panel(person).flow.flow.has_zeros


# ---------------------------------------------------------------- while it is awaited


def test_the_old_answer_is_pale_and_without_its_numbers(person):
    state = person.session.state
    old = state.attribution
    state.change(step=1)  # the answer is on its way
    assert numbers(person, "integrated") == ["…"] * 5
    arcs = strip(person).arcs
    assert not arcs.fresh and arcs.numbered() == [] and arcs.step == 2
    np.testing.assert_array_equal(arcs.values, old.integrated)
    assert strip(person).describe(0) == "" and panel(person).sum.text() == "…"
    assert not panel(person).flow.fresh and panel(person).flow.describe(0) == ""
    answered(person)
    assert strip(person).arcs.fresh and strip(person).arcs.step == 1
    assert panel(person).flow.fresh and "…" not in numbers(person, "integrated")


def test_what_is_not_known_yet_is_said_with_dots_and_what_never_will_be_with_a_dash(person):
    state, last = person.session.state, person.session.state.attribution
    early = _with(last, integrated=None, completeness=None, occlusion=None, without=None, done=False)
    state.take_attribution(early)
    assert numbers(person, "gradient_input") == [share(float(v), 3) for v in last.gradient_input]
    assert numbers(person, "integrated") == ["…"] * 5 == numbers(person, "occlusion")
    partly = np.full(5, np.nan, np.float32)
    partly[0] = 0.25
    state.take_attribution(_with(last, occlusion=partly, done=False))
    assert numbers(person, "occlusion") == ["+0.250", "…", "–", "…", "…"]
    state.take_attribution(_with(early, done=True))
    assert numbers(person, "integrated") == ["–"] * 5
    assert strip(person).method == "gradient_input"
    assert "not computed for a text this long" in panel(person).sum.text()


def test_an_answer_about_something_else_is_never_shown_as_this(person):
    state, last = person.session.state, person.session.state.attribution
    changes = {"reading": last.reading - 1, "step": 1, "tag": "NN", "target": "logit", "log_softmax": -1.0}
    for change in ({name: value} for name, value in changes.items()):
        state.take_attribution(_with(last, **change))
        assert panel(person).shown.attribution is None and not strip(person).arcs.fresh, change
    state.take_attribution(last)
    assert strip(person).arcs.fresh


def test_trouble_is_said_in_its_place(person):
    state = person.session.state
    problem = Failure("query_invalid", {"error": "The background engine <b>has</b> gone."}, "")
    state.take_detail_error(problem)
    assert panel(person).note.isVisible() and panel(person).note.text() == problem.message
    assert panel(person).note.textFormat() == Qt.TextFormat.PlainText
    state.take_detail_error(None)
    assert not panel(person).note.isVisible() and panel(person).rows.isVisible()


def test_no_words_say_what_will_come(reads):
    person = reads()
    person.sets("")
    assert panel(person).note.text() == "Attributions are shown from the first word on."
    assert not strip(person).isVisible()
    person.sets("dog")
    answered(person)
    assert panel(person).rows.isVisible() and numbers(person, "occlusion") == ["–"]


def _with(attribution, **changes):
    fields = {name: getattr(attribution, name) for name in attribution.__struct_fields__}
    return Attribution(**{**fields, **changes})


# ---------------------------------------------------------------- over the columns


def test_the_strip_is_there_with_the_panel_and_only_then(person):
    matrix, state = person.page.matrix, person.session.state
    assert strip(person).isVisible()
    below = matrix.heatmaps.height()
    state.change(panel="cell")
    QApplication.processEvents()
    assert not strip(person).isVisible()
    assert matrix.heatmaps.height() == below + strip(person).height() + 6
    state.change(panel="attribution")
    answered(person)
    assert strip(person).isVisible() and strip(person).arcs.fresh


def test_marks_stand_under_their_words(person):
    arcs, chips = strip(person).arcs, person.page.matrix.chips
    for word in range(5):
        assert abs(arcs.centre(word) - chips.rect_of(word).center().x()) <= 2
    image = strip(person).grab().toImage()
    x, value = round(arcs.centre(2)), float(arcs.values[2])
    assert value > 0 and image.pixelColor(x, 12).name() == DARK.plus
    assert image.pixelColor(x, 18).name() == DARK.panel


def test_a_click_under_a_word_goes_there(person):
    x = round(strip(person).arcs.centre(4))
    person.clicks(strip(person), QPoint(x, 20))
    assert person.session.state.selection.step == 4
    answered(person)
    person.clicks(panel(person).rows, QPoint(20, int(panel(person).rows.row(1).center().y())))
    assert person.session.state.selection.step == 1


def test_the_way_that_is_drawn_can_be_chosen(person):
    toggles = panel(person).header.toggles
    assert toggles["integrated"].isChecked()
    for method in ("occlusion", "gradient_input"):
        toggles[method].click()
        assert strip(person).method == method and toggles[method].isChecked()
        assert method_name(method) in hover(strip(person), strip(person).arcs.centre(0), 15)


def test_characters_have_no_strip_but_the_words_have_their_panel(reads):
    person = reads("preset:english")
    person.session.state.change(module="char_recurrent")
    answered(person)
    assert not strip(person).isVisible() and panel(person).rows.isVisible()
    assert len(numbers(person, "integrated")) == 5 and "…" not in numbers(person, "integrated")


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800), (980, 500)])
def test_heads_stand_over_their_numbers_and_nothing_is_cut(reads, size):
    person = reads("preset:english", LONG, step=30, size=size)
    header, rows = panel(person).header, panel(person).rows
    for place, toggle in enumerate(header.toggles.values()):
        left = toggle.mapTo(panel(person), QPoint(0, 0)).x()
        start = rows.mapTo(panel(person), QPoint(round(rows.places.bar(place)[0]), 0)).x()
        assert left <= start <= left + toggle.width()
        assert toggle.toolTip() and toggle.accessibleName()
        assert toggle.fontMetrics().horizontalAdvance(toggle.text()) <= toggle.width() - 4
    area = panel(person).area
    for step in (30, 0, 12, 39):
        person.session.state.step_to(step)
        answered(person)
        row, top = rows.row(step), area.verticalScrollBar().value()
        assert top <= row.top() and row.bottom() <= top + area.viewport().height()
        assert top % rows.row_height == 0 and area.viewport().height() % rows.row_height == 0


def test_few_numbers_where_columns_are_narrow_and_all_where_they_are_wide():
    values = np.linspace(-1, 1, 40)
    narrow = Arcs(values, 39, 1.0, ColumnLayout.fit(40, 1300), DARK, fresh=True)
    chosen = narrow.numbered()
    assert 2 <= len(chosen) <= 5 and 39 in chosen
    gaps = np.diff(sorted(chosen)) * narrow.columns.width
    assert (gaps >= 44).all()
    wide = Arcs(values[:5], 4, 1.0, ColumnLayout.fit(5, 900), DARK, fresh=True)
    assert wide.numbered() == [0, 1, 2, 3, 4]


def test_arcs_lead_from_the_strongest_words():
    values = np.zeros(100)
    values[:50] = np.linspace(-1, -0.5, 50)
    values[90:] = 0.5
    values[95] = np.nan
    arcs = Arcs(values, 99, 1.0, ColumnLayout.fit(100, 900, first=90), DARK, fresh=True)
    drawn = arcs.arcs()
    hidden = [k for k in drawn if k not in arcs.columns.visible()]
    assert sorted(hidden) == [0, 1, 2] and drawn[-1] == 0
    assert 99 not in drawn and 95 not in drawn and 60 not in drawn
    assert Arcs(np.full(3, np.nan), 1, 1.0, ColumnLayout.fit(3, 900), DARK, fresh=True).arcs() == []


# ---------------------------------------------------------------- the flow


def test_the_flow_is_drawn_where_the_numbers_are(reads):
    person = reads(target="log_softmax")  # of the margin the curves cross at the first word
    attribution, plot = person.session.state.attribution, panel(person).flow
    assert [curve.symbol for curve in plot.flow.curves] == ["h", "c", "∏ f"]
    assert list(plot.flow.words) == [0, 1, 2]
    axes = plot.axes
    image = plot.grab().toImage()
    h, c, _ = plot.flow.curves
    for curve, colour in ((h, DARK.quantity["h"]), (c, DARK.quantity["c"])):
        y = axes.y(float(curve.values[0]))
        assert image.pixelColor(round(axes.x(0)), round(y)) == QColor(colour)
    high, low = axes.y(10.0 ** plot.flow.powers[1]), axes.y(10.0 ** plot.flow.powers[0])
    expected = low + (high - low) * (np.log10(attribution.h_flow[1]) - plot.flow.powers[0]) / (
        plot.flow.powers[1] - plot.flow.powers[0]
    )
    assert axes.y(float(attribution.h_flow[1])) == pytest.approx(expected)
    assert f"‖∂ score / ∂ h‖ = {power(float(attribution.h_flow[1]))}" in hover(plot, axes.x(1), 80)


@pytest.mark.parametrize(
    ("model", "symbols", "note"),
    [
        ("preset:tutorial-gru", ["h", "∏ z"], "along h alone; a GRU has no c"),
        ("preset:tutorial-rnn", ["h"], "an RNN has no cell, and no direct path"),
    ],
)
def test_a_net_without_a_cell_says_so(reads, model, symbols, note):
    plot = panel(reads(model)).flow
    assert [curve.symbol for curve in plot.flow.curves] == symbols and plot._note == note


def test_backward_the_flow_comes_from_the_words_after(reads):
    person = reads("preset:english-both", direction=1)
    assert list(panel(person).flow.flow.words) == [2, 3, 4]
    assert panel(person).flow._where == "backward"


def test_below_a_layer_that_reads_both_ways_all_words_count(person):
    attribution = person.session.state.attribution
    net = person.reading.model.modules[0]
    both = type(net)(net.path, "LSTM", "words", 2, 2, 6, 6)
    assert list(flow_of(attribution, both).words) == [0, 1, 2, 3, 4]
    assert list(flow_of(_with(attribution, layer=1, direction=1), both).words) == [2, 3, 4]


def test_zeros_stand_below_the_scale_and_break_the_curve():
    from PySide6.QtCore import QRectF

    values = np.array([0.0, 0.0, 1e-9, 1e-2, np.nan, 1.0])
    flow = FlowCurves(range(6), 5, (NormCurve("h", "h", values),))
    axes = Axes(flow, QRectF(0, 0, 300, 100))
    runs = axes.runs(flow.curves[0])
    assert [len(run) for run in runs] == [2, 2, 1]
    assert runs[0][0].y() > axes.y(10.0 ** flow.powers[0]) and flow.powers == (-9, 0)
    assert flow.has_zeros and flow.has_nan and axes.at(299) == 5 and axes.at(-5) is None
    assert FlowCurves(range(2), 1, (NormCurve("h", "h", np.zeros(2)),)).powers == (-3, 0)


# ---------------------------------------------------------------- what is not a number, and what is said


def test_what_is_not_a_number_is_said_and_painted(person):
    last, nan = person.session.state.attribution, np.full(5, np.nan, np.float32)
    broken = _with(
        last,
        score=np.nan,
        gradient_input=nan,
        integrated=nan,
        occlusion=nan,
        h_flow=nan,
        c_flow=nan,
        direct=nan,
    )
    person.session.state.take_attribution(broken)
    assert numbers(person, "integrated") == ["NaN"] * 5 and panel(person).flow.flow.has_nan
    before = person.content.error.isVisible()
    person.window.grab()
    assert person.content.error.isVisible() == before == False  # noqa: E712
    assert "score NaN" in panel(person).proof.text()


def test_odd_words_stay_plain(reads):
    person = reads(text="the <b>dog</b> %1 %2 &amp; \U0001f600", step=1)
    assert panel(person).title.text().endswith("· “<”")
    for word, text in enumerate(person.words):
        person.session.state.step_to(word)
        answered(person)
        assert panel(person).title.text().endswith(f"· “{text}”")
    person.window.grab()
    assert hover(strip(person), strip(person).arcs.centre(0), 15).startswith("“the”")
    assert not person.content.error.isVisible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_everything_has_a_name_and_says_what_it_is(reads, theme):
    person = reads(theme=theme)
    place = panel(person)
    for widget in (place, place.rows, place.flow, strip(person), place.tag, place.area):
        assert widget.accessibleName()
    for widget in (place.rows, place.flow, strip(person)):
        assert len(widget.whatsThis()) > 80
    assert "“dog”" in place.rows.accessibleDescription()
    assert place.flow.accessibleDescription().startswith("“ate”, ‖∂ score / ∂ h‖ = ")
    assert " for V · integrated" in strip(person).accessibleDescription()


def test_everything_is_translated(application, reads):
    from tests.app.test_translation import Marker

    marker = Marker()
    application.installTranslator(marker)
    try:
        person = reads()
        place = panel(person)
        widgets = [place, strip(person), *(w for w in place.findChildren(QWidget) if w.isVisibleTo(place))]
        texts = [text for widget in widgets for text in _texts(widget)]
        assert [text for text in texts if any(map(str.isalpha, text)) and "⟦" not in text] == []
        assert "⟦" in place.flow._note and "⟦" in hover(strip(person), strip(person).arcs.centre(0), 15)
    finally:
        application.removeTranslator(marker)


def _texts(widget):
    yield from (widget.toolTip(), widget.accessibleName(), widget.whatsThis())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QComboBox):
        yield widget.itemText(0)
    if isinstance(widget, ElidedLabel):
        yield widget.text()


def test_an_empty_state_shows_nothing(person):
    person.sets("")
    assert newer(AttributionViewModel(), person.session.state).words == ()
    assert AttributionViewModel().limit == 1.0 and RowLayout(440.0).left(3) == pytest.approx(440.0 - 68.0)


def test_numbers_are_written_with_their_sign():
    assert [share(v) for v in (0.0, -0.0, 1.5, -0.25)] == ["0", "0", "+1.500", "−0.250"]
    assert [share(v) for v in (2e-5, -6e-4, float("nan"))] == ["+2e−5", "−6e−4", "NaN"]
    assert [share(v, 0.005) for v in (0.00179, -0.0006, 3e-6)] == ["+0.00179", "−0.00060", "+3e−6"]
    assert [share(v, 2e-5) for v in (1.79e-5, -np.inf, 0.0)] == ["+1.8e−5", "−∞", "0"]
    assert [level(v) for v in (-8.0726, -3e-7, 0.0)] == ["−8.0726", "−3e−7", "0"]
    assert [ratio(v) for v in (1.0, 0.481, 0.0124, 0.0024, 0.0)] == ["1.00", "0.48", "0.012", "2e−3", "0"]
    assert [limit_text(v) for v in (20.0, 0.5, 1e-5)] == ["20", "0.5", "1e−5"]
    assert [nice(v) for v in (0.303, 1.0, 1.001, 2e-4, 7.0, 0)] == pytest.approx([0.5, 1, 2, 2e-4, 10, 1])
    assert [power(v) for v in (0.0, 0.0031, float("inf"), float("nan"))] == ["0", "3.1e−3", "∞", "NaN"]


def test_a_word_has_the_same_number_in_the_list_and_over_its_column(reads):
    person = reads()
    method = strip(person).method
    limit = strip(person).arcs.limit
    for word, value in enumerate(strip(person).arcs.values):
        assert numbers(person, method)[word] == share(float(value), limit)
        assert f" {share(float(value), limit)} " in strip(person).describe(word)


def test_a_tag_that_the_next_model_has_not_is_not_picked_again(person):
    person.session.state.change(tag="NN")
    person.picks_model("preset:english")
    assert person.session.state.selection.tag == ""
    person.picks_model("preset:tutorial")
    assert person.session.state.selection.tag == "" and panel(person).tag.currentIndex() == 0


def test_partial_paints_leave_nothing_stale(reads):
    person = reads("preset:english", LONG, step=30)
    person.hides_the_latency()
    person.page.setFocus()
    for act in (
        lambda: person.presses(Qt.Key.Key_Left),
        panel(person).header.toggles["occlusion"].click,
        lambda: person.sets(LONG + " again"),
        lambda: person.session.state.change(tag="NOUN"),
    ):
        act()
        answered(person)
        person.page.setFocus()
        shown = _screen(person)
        for widget in person.window.findChildren(QWidget):
            widget.update()
        assert shown == _screen(person)


def _screen(person):
    QApplication.processEvents()
    return person.window.screen().grabWindow(person.window.winId()).toImage()


def test_the_score_is_named_and_under_a_chain_it_is_the_words_own(person):
    shown = panel(person).shown
    assert panel(person).score.text() == f"score: margin V − DET = {shown.attribution.score:.4f}"
    scale = f"scale ±{shown.limit:g} · occlusion: score − score without the word"
    assert scale_line(shown, "margin", is_decoded_together=False) == scale
    assert scale_line(shown, "margin", is_decoded_together=True).endswith(
        " · score: the word's own, without its neighbours’ tags"
    )


def test_another_answer_that_changes_nothing_is_not_painted_again(person):
    state, painted = person.session.state, []
    place = panel(person)
    for widget in (strip(person), place.rows, place.flow):
        widget.installEventFilter(place)
    place.eventFilter = lambda watched, event: bool(
        event.type() == QEvent.Type.Paint and painted.append(watched)
    )
    state.take_attribution(_with(state.attribution))
    QApplication.processEvents()
    assert painted == []
    state.take_attribution(_with(state.attribution, integrated=state.attribution.integrated + 1))
    QApplication.processEvents()
    assert strip(person) in painted and place.rows in painted


def test_a_late_answer_is_announced(person):
    person.session.state.change(step=1)  # the answer is on its way
    assert panel(person).sum.text() == "…"
    panel(person)._soon.timeout.emit()
    assert panel(person).sum.text() == "integrated, occlusion: being computed…"
    answered(person)
    assert panel(person).sum.text().startswith("integrated: sum ")


def test_only_a_negative_baseline_is_in_parentheses(person):
    attribution = answered(person)
    for baseline, shown in ((-0.5707, "(−0.5707)"), (0.5707, "0.5707")):
        line = proof_line(
            AttributionViewModel(attribution=msgspec.structs.replace(attribution, baseline=baseline))
        )
        assert line.endswith(f" − {shown} at zero input")


def test_the_row_of_the_step_stays_in_view_when_the_panel_shrinks(reads):
    """It was scrolled to when the panel had more room."""
    person = reads("preset:english-both", "one two three four five six " * 4, 23)
    answered(person)
    rows = panel(person).rows
    for height in (1000, 900, 760, 640):
        person.resizes(1366, height)
        assert rows.visibleRegion().contains(rows.row(23).toRect()), height


def test_the_panel_opens_at_the_row_of_the_step(open_session, link):
    text = "one two three four five six " * 4
    person = open_session(link, Selection(model="preset:english-both", text=text, step=23, motion=False))
    person.settle()
    person.session.state.change(panel="attribution")
    answered(person)
    rows = panel(person).rows
    assert rows.visibleRegion().contains(rows.row(23).toRect())


def test_the_last_row_is_reached_after_the_area_was_resized_while_hidden(qtbot):
    """As a message over the page does while another panel is shown."""
    page = QWidget()
    qtbot.addWidget(page)
    rows = AttributionRows(page)
    area = RowsArea(rows, page)
    QVBoxLayout(page).addWidget(area)
    rows.set_shown(AttributionViewModel(words=("word",) * 18))
    for height in (140, 117):
        page.resize(400, height)
        page.show()
        QApplication.processEvents()
        page.hide()
        QApplication.processEvents()
    page.show()
    QApplication.processEvents()
    assert area.height() % rows.row_height, "nothing is left free below the rows"
    assert area.verticalScrollBar().maximum() == rows.height() - area.viewport().height()
