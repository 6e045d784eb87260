"""Margin, logit or log-softmax, in the real window: nothing is ranked that float32 cannot tell apart."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.panels.ablation.labels import gate_text, summary, unit_text
from lstm_viz.app.panels.ablation.model import CHANGE, TAG, UNIT, UnitsModel
from lstm_viz.app.panels.ablation.ranking import ranking
from lstm_viz.app.panels.attribution.targets import (
    BELOW,
    TARGETS,
    any_resolved,
    is_same_log_softmax,
    no_ranking_text,
    resolved,
    resolved_score,
    resolved_share,
)
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.theme import DARK
from lstm_viz.app.widgets.numerals import share
from lstm_viz.app.widgets.tables import tsv_text
from lstm_viz.engine.ablation import ablate
from lstm_viz.messages import Ablation, AblationQuery, ReadQuery
from lstm_viz.ordinals import index_of
from tests.app.conftest import Borrowed, process_until
from tests.app.sentence.saturated_engine import SaturatedReader

HOME = "The dog ate the apple"
CERTAIN = "The tag is certain: its log-softmax is 0 to float32 precision. Choose margin."


@pytest.fixture(scope="module")
def saturated(application):
    """Return two engines of taggers that are certain, one for each side of the window."""
    links = [EngineLink(arguments=(str(Path(__file__).with_name("saturated_engine.py")),)) for _ in range(2)]
    for link in links:
        link.start()
    process_until(lambda: all(link.hello for link in links))
    yield links
    for link in links:
        link.close()
        link.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def reads(open_session, saturated):
    """Return what opens the window on a model, all of it answered: ``reads("certain", panel="ablation")``."""

    def reads_(model, **selection):
        selection = Selection(model=model, text=HOME, motion=False, **{"step": 2, "unit": None, **selection})
        person = open_session(saturated[0], selection, own_second=Borrowed(lambda: saturated[1]))
        answered(person)
        return person

    return reads_


def answered(person):
    """Wait until the panel in front has its whole answer."""
    person.settle()
    state = person.session.state

    def done():
        if state.selection.panel == "attribution":
            return (
                state.attribution is not None
                and state.attribution.target == state.target
                and state.attribution.done
            )
        ablation = state.ablation
        return ablation is not None and ablation.target == state.target and ablation.done == ablation.total

    person.wait(done)
    QApplication.processEvents()


def units(person):
    return person.page.side.panel("ablation")


def words(person):
    return person.page.side.panel("attribution")


def chooses(person, panel, target):
    chooser = panel.target
    chooser.setCurrentIndex(TARGETS.index(target))
    chooser.activated.emit(chooser.currentIndex())
    answered(person)


def coloured(widget):
    """Return whether any bar is painted: its colours are of nothing else there."""
    image = widget.grab().toImage()
    found = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    return bool({DARK.plus, DARK.minus} & found)


# ---------------------------------------------------------------- a certain tag


def test_of_a_certain_tag_the_units_are_not_ranked_and_the_panel_says_why(reads):
    person = reads("certain", panel="ablation", target="log_softmax")
    panel = units(person)
    assert panel.middle.currentWidget() is panel.no_ranking and panel.no_ranking.text() == CERTAIN
    assert panel.subtitle.text() in ("log-softmax of V: 0 · Δ 0", f"log-softmax of V: {BELOW} · Δ 0")
    line = panel.summary_line.line.text()
    assert "of the total change" not in line and "of 6 units" not in line
    assert not panel.order.isEnabled() and not panel.units.isVisible()


def test_its_margin_ranks_them_as_float64_does(reads):
    person = reads("certain", panel="ablation", target="log_softmax")
    panel = units(person)
    chooses(person, panel, "margin")
    assert panel.middle.currentWidget() is panel.units and panel.order.isEnabled()
    *_, exact = ablate(SaturatedReader(), AblationQuery(1, ReadQuery("exact", HOME, step=2)))
    model = panel.units.model()
    shown = [index_of(int(model.text(row, UNIT))) for row in range(6)]
    assert shown == np.argsort(-np.abs(exact.units)).tolist()
    limit = panel.units.ranking.limit
    assert [model.text(row, CHANGE) for row in range(6)] == [
        share(float(exact.units[unit]), limit) for unit in shown
    ]
    assert exact.margin_to == person.session.state.ablation.margin_to
    assert panel.subtitle.text().startswith(f"margin V − {exact.margin_to}: ")
    assert panel.summary_line.line.text().endswith("of the total change · no unit flips the tag")
    assert coloured(panel.units.viewport()) and coloured(panel.gates)


def test_unresolved_attributions_are_explained(reads):
    person = reads("surest", panel="attribution", target="log_softmax", step=4)
    panel = words(person)
    assert panel.is_empty and panel.note.text() == CERTAIN
    assert panel.target.isVisible() and panel.score.text().startswith("score: log-softmax of NN = ")
    strip = person.page.matrix.attribution
    assert strip.arcs.strongest() == [] and strip._scale(strip.arcs) == "no bars"
    chooses(person, panel, "margin")
    assert not panel.is_empty and coloured(panel.rows)
    assert strip.arcs.strongest() and strip._scale(strip.arcs).startswith("scale ±")


def test_a_way_that_tells_nothing_stands_beside_those_that_do(reads):
    """Of a certain tag the slope is 0, but not what it took to become certain."""
    person = reads("certain", panel="attribution", target="log_softmax", attribution_method="gradient_input")
    panel, attribution = words(person), person.session.state.attribution
    assert not panel.is_empty
    assert {panel.rows.number("gradient_input", k) for k in range(5)} <= {"0", BELOW}
    total = float(attribution.integrated.astype(float).sum())
    assert total == pytest.approx(attribution.score - attribution.baseline, abs=1e-3) and total > 10
    assert panel.flow.flow is None and panel.flow._note == CERTAIN
    assert panel.flow.accessibleDescription() == CERTAIN
    assert person.page.matrix.attribution.arcs.strongest() == []
    chooses(person, panel, "margin")
    assert panel.flow.flow is not None and person.page.matrix.attribution.arcs.strongest()


def test_one_choice_is_both_panels(reads):
    person = reads("certain", panel="ablation")
    assert units(person).target.currentText() == "margin"
    chooses(person, units(person), "logit")
    person.session.state.change(panel="attribution")
    answered(person)
    assert (
        words(person).target.currentText() == "logit" and person.session.state.attribution.target == "logit"
    )
    assert words(person).score.text().startswith("score: logit of V = ")
    chooses(person, words(person), "log_softmax")
    assert units(person).target.currentText() == "log-softmax"
    assert person.session.state.selection.target == "log_softmax"


def test_a_single_tag_has_its_logit_and_the_reason(reads):
    person = reads("alone", panel="ablation")
    why = "one tag, no margin"
    assert units(person).target.currentText() == "logit" and person.session.state.selection.target == "margin"
    assert units(person).subtitle.text().startswith("logit of DET: ")
    assert units(person).subtitle.text().endswith(why)
    assert units(person).middle.currentWidget() is units(person).units
    chooses(person, units(person), "log_softmax")
    assert units(person).no_ranking.text().endswith("Choose logit.")
    chooses(person, units(person), "margin")
    person.session.state.change(panel="attribution")
    answered(person)
    assert words(person).scale.text().endswith(why) and coloured(words(person).rows)


def test_while_another_number_is_awaited_nothing_is_said_of_the_old_one(reads):
    person = reads("certain", panel="ablation", target="log_softmax")
    person.session.state.change(target="margin")
    assert units(person).subtitle.text() == "" and CERTAIN not in units(person).no_ranking.text()
    answered(person)
    person.session.state.change(panel="attribution")
    answered(person)
    person.session.state.change(target="logit")
    assert words(person).score.text() == "…" and words(person).shown.attribution is None
    answered(person)


# ---------------------------------------------------------------- what is partly below


def answer(changes, **others):
    size = len(changes)
    whole = Ablation(
        reading=1,
        step=0,
        tag="V",
        layer=0,
        direction=0,
        target="log_softmax",
        margin_to="",
        score=-2e-6,
        log_softmax=-2e-6,
        resolution=5e-7,
        units=np.array(changes, float),
        tags=("V",) * size,
        gates=("z",),
        whole_gates=np.array([-2e-7]),
        gate_tags=("V",),
        gates_of_units=np.full((1, size), 1e-7),
        done=2 * size + 1,
        total=2 * size + 1,
    )
    return replace(whole, **others)


def test_units_below_the_resolution_are_shown_but_have_no_rank():
    noise = [1.2e-7, -2.4e-7, 0.0, -1.1e-6, 3.6e-7, 2e-6]
    shown = ranking(answer(noise), "V", "change")
    assert shown.units.tolist() == [5, 3, 0, 1, 2, 4]
    assert [shown.change(k) for k in range(6)] == [BELOW, BELOW, "0", "−1.1e−6", BELOW, "+2.0e−6"]
    assert shown.changes.tolist() == [0, 0, 0, -1.1e-6, 0, 2e-6] and shown.limit == pytest.approx(2e-6)
    assert shown.gates_of_units.tolist() == [[0] * 6] and shown.whole_gates.tolist() == [0]
    assert shown.is_resolved and shown.gate_change(0, 1) == shown.whole_gate_change(0) == BELOW
    assert unit_text(shown, 0).startswith(
        f"unit 1 ablated (h = 0): log-softmax of V {BELOW} (below float32 resolution)"
    )
    assert gate_text(shown, "z", 0).endswith(f"log-softmax of V {BELOW} (below float32 resolution)")
    assert "2 of 6 units change the score by more than float32 resolution" in summary(shown)
    assert "of the total change" not in summary(shown)


def test_the_table_that_is_copied_is_the_one_that_is_shown():
    model = UnitsModel()
    model.set_ranking(ranking(answer([1e-7, -3e-6, 2e-6]), "V", "change"))
    head, *lines = [line.split("\t") for line in tsv_text(model.table()).splitlines()]
    assert head == ["unit", "change of the log-softmax of V when ablated", "tag", "z = 0"]
    assert [line[UNIT] for line in lines] == ["2", "3", "1"]
    for row, line in enumerate(lines):
        assert line[CHANGE].replace("-", "−") == model.text(row, CHANGE)
        assert line[TAG] == ""
    assert lines[2][CHANGE] == BELOW
    model.set_ranking(ranking(answer([1e-7, -2e-7]), "V", "change"))
    assert model.headerData(CHANGE, Qt.Orientation.Horizontal) == "score change"


def test_a_ranking_waits_for_the_last_number_before_it_gives_up():
    assert ranking(answer([1e-7, np.nan], tags=("V", ""), done=1), "V", "change").is_resolved
    assert not ranking(answer([1e-7, -1e-7]), "V", "change").is_resolved
    assert summary(ranking(answer([1e-7, -1e-7]), "V", "change")).startswith(
        "No single unit changes the score by more than float32 resolution."
    )
    assert ranking(answer([np.nan, np.nan], tags=("NaN",) * 2), "V", "change").is_resolved


def test_values_below_resolution():
    values = np.array([0.0, 1e-7, -1e-7, 1e-6, -3.0, np.nan, np.inf])
    np.testing.assert_array_equal(resolved(values, 5e-7), [0, 0, 0, 1e-6, -3, np.nan, np.inf])
    np.testing.assert_array_equal(resolved(values, np.nan), values)
    shown = [any_resolved(values[k : k + 1], 5e-7) for k in range(len(values))]
    assert shown == [False, False, False, True, True, True, True]
    assert not any_resolved(values[:1], 0.0) and any_resolved(values[1:2], 0.0)
    assert any_resolved(values[5:6], np.nan)
    assert [resolved_share(v, 1.0, 5e-7) for v in (0.0, 1e-7, 0.25)] == ["0", BELOW, "+0.250"]
    assert [resolved_score(answer([1.0], score=v)) for v in (1e-7, -3.0)] == [BELOW, "−3.0000"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (-0.5, -0.5, True), (-0.5, -0.5009, True), (-0.5, -0.502, False), (-50.0, -50.04, True),
        (-50.0, -50.06, False), (-np.inf, -0.5, False), (np.nan, -0.5, True), (-0.5, np.nan, True),
    ],
)  # fmt: skip
def test_the_log_softmax_of_the_same_weights(one, other, same):
    assert is_same_log_softmax(one, other) == same


def test_why_there_is_no_ranking():
    tags = ("DET", "V")
    assert no_ranking_text(answer([0.0], score=-1e-8), tags) == CERTAIN
    assert no_ranking_text(answer([0.0], score=-1e-8), ("V",)).endswith("Choose logit.")
    nearly = no_ranking_text(answer([0.0]), tags)
    assert nearly == "Changes in log-softmax are below float32 resolution. Choose margin."
    margin = answer([0.0], target="margin", margin_to="DET", resolution=2e-5)
    assert no_ranking_text(margin, tags) == "No change is above float32 resolution (2.0e−5 at this word)."
