"""What each panel of the Sentence page shows can be saved: as shapes and text, and as a table."""

import csv
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import ComparedWith
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.widgets.export import FigureSnapshot
from lstm_viz.app.widgets.tables import csv_text
from lstm_viz.ordinals import ordinal

SIDE_PANELS = ("decomposition", "attribution", "ablation", "shapes")
PANELS = ("heatmaps", "cell", *SIDE_PANELS, "scores", "table", "arithmetic")


def _panel(person, name):
    """Return a panel once what it shows is about the selection."""
    page, state = person.page, person.session.state
    if name in SIDE_PANELS:
        state.change(panel=name)
    if name == "arithmetic":
        state.change(opened=OpenedNumber("c"))
        person.wait(lambda: page.arithmetic.is_answered)
    panels = {
        "heatmaps": page.matrix,
        "cell": page.step_panel,
        "scores": page.scores,
        "table": page.table,
        "arithmetic": page.arithmetic,
    }
    panel = page.side.panel(name) if name in SIDE_PANELS else panels[name]
    person.wait(lambda: panel.is_ready)
    if name == "attribution":
        person.wait(lambda: state.attribution.done)
    if name == "ablation":
        person.wait(lambda: state.ablation.done == state.ablation.total)
    return panel


def _elements(svg):
    return [element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()]


def _rows(table):
    return list(csv.DictReader(io.StringIO(csv_text(table), newline="")))


@pytest.mark.parametrize("name", PANELS)
def test_a_drawing_is_shapes_and_letters(person, name):
    panel = _panel(person, name)
    taken = FigureSnapshot.of(panel.figure(), panel.table)
    elements = _elements(taken.svg)
    assert "image" not in elements and elements.count("text") > 2
    assert ET.fromstring(taken.svg).attrib["viewBox"].split() == [
        "0",
        "0",
        str(panel.width()),
        str(panel.height()),
    ]
    assert ET.fromstring(taken.svg).findtext("{http://www.w3.org/2000/svg}title")
    assert taken.pdf.startswith(b"%PDF") and taken.pdf.rstrip().endswith(b"%%EOF")
    assert b"/Subtype /Image" not in taken.pdf
    image = QImage.fromData(taken.png)
    assert (image.width(), image.height()) == (2 * panel.width(), 2 * panel.height())
    rows = _rows(taken.table)
    assert rows and all(len(row) == len(taken.table.header) for row in rows)


@pytest.mark.parametrize("name", PANELS)
def test_the_screen_is_as_before(person, name):
    panel = _panel(person, name)
    person.page.setFocus()
    before = panel.grab().toImage()
    FigureSnapshot.of(panel.figure(), panel.table)
    assert panel.grab().toImage() == before


def test_the_table_of_the_heatmaps_has_every_digit(person):
    view, rows = person.reading.view, _rows(_panel(person, "heatmaps").table())
    assert [row["text"] for row in rows[:5]] == list(view.columns)
    assert [row["tag"] for row in rows[:5]] == person.tags
    best = person.reading.scores.max(axis=1).astype(np.float64)
    assert [float(row["log_softmax"]) for row in rows[:5]] == best.tolist()
    for name, values in view.quantities.items():
        mine = [row for row in rows if row["quantity"] == name]
        shown = [[float(row[f"unit_{ordinal(unit)}"]) for unit in range(values.shape[1])] for row in mine]
        np.testing.assert_array_equal(shown, values.astype(np.float64))


def test_the_table_of_the_heatmaps_is_of_what_is_shown(person):
    person.session.state.change(alone="f", inputs_shown=True)
    person.settle()
    assert {row["quantity"] for row in _rows(person.page.matrix.table())} == {"f"}
    person.session.state.change(alone="")
    rows = _rows(person.page.matrix.table())
    inputs = [row for row in rows if row["quantity"] == "x"]
    assert len(inputs) == len(person.words)
    sizes = person.reading.view.x.shape[1], person.reading.view.module.hidden_size
    assert list(rows[0])[6:] == [f"unit_{ordinal(unit)}" for unit in range(max(sizes))]


def test_the_tables_of_a_comparison_have_both(person):
    state = person.session.state
    state.change(
        compared_with=ComparedWith("The cat saw the apple", state.selection.model), comparison_view="both"
    )
    person.wait(lambda: person.page.comparison_model.comparison is not None and person.page.matrix.is_ready)
    rows = _rows(person.page.matrix.table())
    assert {row["reading"] for row in rows} == {"A", "B"}
    assert "dog | cat" in {row["text"] for row in rows}
    of_b = [row["tag"] for row in rows if row["reading"] == "B"][:5]
    assert of_b == [word.tag for word in state.other.words]
    scores = _rows(person.page.scores.table())
    assert {row["tag"] for row in scores} == set(person.reading.model.tags)
    assert all(float(row["log_softmax_a"]) <= 0 and float(row["log_softmax_b"]) <= 0 for row in scores)
    state.change(comparison_view="difference")
    assert {row["reading"] for row in _rows(person.page.matrix.table())} == {"Δ"}


def test_the_contributions_add_up_to_the_state(person):
    panel = _panel(person, "decomposition")
    rows, view, state = _rows(panel.table()), person.reading.view, person.session.state
    total = sum(float(row["contribution"]) for row in rows)
    assert total == pytest.approx(view.quantities["c"][state.column, state.selection.unit], abs=1e-5)
    assert [row["word"] for row in rows[1:]] == person.words


def test_the_attributions_are_those_of_the_result(person):
    rows = _rows(_panel(person, "attribution").table())
    attribution = person.session.state.attribution
    np.testing.assert_array_equal(
        [float(row["integrated"]) for row in rows], attribution.integrated.astype(np.float64)
    )
    assert rows[attribution.step]["occlusion"] == ""


def test_the_numbers_of_the_cell(person):
    values = {row["quantity"]: float(row["value"]) for row in _rows(_panel(person, "cell").table())}
    assert values["f·c_prev"] + values["i·g"] == pytest.approx(values["c"], abs=1e-6)


def test_nothing_is_saved_while_there_is_nothing_to_see(person):
    person.sets("")
    page = person.page
    for panel in (page.matrix, page.step_panel, page.scores, page.table):
        assert not panel.is_ready and not panel.save_action.isEnabled()
        panel.ask_to_save()
    assert not person.window.findChildren(QFileDialog)


def test_a_panel_is_saved_by_its_menu_and_by_its_key(person, tmp_path):
    page = person.page
    for panel, focused in ((page.step_panel, page.step_panel.diagram), (page.scores, page.scores)):
        with person.bot.waitActive(person.window):
            person.window.activateWindow()
        assert panel.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
        assert panel.actions() == [panel.save_action]
        focused.setFocus()
        person.bot.keyClick(focused, Qt.Key.Key_S)
        dialog = person.window.findChild(QFileDialog)
        path = tmp_path / f"{panel.stem}.tsv"
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        person.wait(lambda: person.window.findChild(QFileDialog) is None)
        assert path.read_text().startswith("\t".join(panel.table().header))


def test_the_menus_of_numbers_save_their_panel(person):
    actions = person.page.edit_actions
    for name, panel in (("f", person.page.matrix), ("", person.page.matrix)):
        actions.open_menu(name, 1, 2 if name else -1, QPoint(0, 0))
        assert actions.menu.actions()[-1] is panel.save_action
        actions.menu.close()
    actions.open_menu_here("f", QPoint(0, 0))
    assert actions.menu.actions()[-1] is person.page.step_panel.save_action
    actions.menu.close()


def test_parts_take_the_theme_of_their_panel(person):
    for theme in (LIGHT, DARK):
        person.themes.choose(theme.name)
        picture = person.page.matrix.heatmaps.grab().toImage()
        assert picture.pixelColor(0, 0).name() == theme.ground


def test_numbers_stand_under_the_headers_of_their_own_table(person):
    page, state = person.page, person.session.state
    state.change(opened=OpenedNumber("score", person.reading.words[0].tag), step=0)
    person.wait(lambda: page.arithmetic.is_answered and page.arithmetic.shown.opened.name == "score")
    tables = page.arithmetic.shown.tables
    assert len({terms.headers for terms in tables}) > 1, "the products, and the softmax"
    rows = _rows(page.arithmetic.table())
    for terms in tables:
        of_it = [row for row in rows if row["table"] == terms.caption]
        assert {row["column"] for row in of_it} <= set(terms.headers[1:])
        for term in terms.terms:
            numbers = [entry.value for entry in term.entries if entry is not None]
            mine = [float(row["value"]) for row in of_it if row["row"] == term.name]
            assert mine[: len(numbers)] == pytest.approx(numbers)


@pytest.mark.parametrize("name", PANELS)
def test_nothing_is_saved_while_a_newer_reading_is_awaited(person, monkeypatch, name):
    panel, dialogs = _panel(person, name), []
    monkeypatch.setattr("lstm_viz.app.widgets.panel.save_snapshot", lambda *_: dialogs.append(True))
    panel.ask_to_save()
    person.session.state.await_reading(1 << 40)
    panel.ask_to_save()
    assert dialogs == [True]


def test_no_contributions_to_a_score_are_saved_where_there_are_none(person):
    person.picks_model("preset:english")
    state = person.session.state
    module = next(module for module in person.reading.model.modules if module.own_columns)
    state.change(module=module.path, character=-1, unit=0)
    person.settle()
    panel = _panel(person, "decomposition")
    panel.toggles["score"].click()
    assert not panel.is_ready and panel.why.isVisible()
    panel.toggles["state"].click()
    person.wait(lambda: panel.is_ready)
