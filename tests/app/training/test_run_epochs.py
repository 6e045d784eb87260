"""Each panel of the Training page is about the selected run and epoch, in each situation."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from lstm_viz.app.widgets.tables import csv_text
from lstm_viz.messages import ConfusionQuery, CorpusQuery, GradientFlowQuery, HistoryQuery
from tests.app.training.run_epochs_support import ASKED, PANELS, check, check_settled, replace_run
from tests.runs_support import add_steps


def save_of(panel):
    """Return what asks for a file to save a panel in."""
    return panel.ask_to_save


def test_a_run_that_is_deselected_leaves_nothing_to_see_or_save(page):
    page.answer_all()
    for name, panel in page.panels.items():
        assert panel.run_epoch == page.runs.run_epoch and panel.is_ready, name
    page.select(None)
    for name, panel in page.panels.items():
        assert panel.run_epoch is None and panel.note.isVisible() and not panel.is_ready, name
        save_of(panel)()
    page.answer_all()
    assert not page.page.findChildren(QFileDialog)
    assert all(panel.note.isVisible() for panel in page.panels.values())
    check(page)


def _asked_of_runs(page):
    """Return what was asked of runs; the form may ask of its settings at any time."""
    return [query for query in page.link.queries if not isinstance(query, CorpusQuery)]


def test_a_run_that_is_deselected_behind_the_other_page_is_not_queried(page):
    page.answer_all()
    page.state.show_page("sentence")
    page.select(None)
    page.settle()
    asked = _asked_of_runs(page)
    page.state.show_page("training")
    page.settle()
    assert _asked_of_runs(page) == asked and page.panels["flow"].note.isVisible()


@pytest.mark.parametrize("to", ["b", None])
def test_results_of_a_deselected_run_are_not_shown(page, to):
    page.settle()
    asked = list(page.link.queries)
    assert {type(query) for query in asked} >= {HistoryQuery, GradientFlowQuery}
    page.select(to)
    for query in asked:  # before anything else was asked
        page.answer(query)
    check(page)
    page.settle()
    for query in asked:  # and after it
        page.answer(query)
    check(page)
    for name in ASKED:
        assert page.panels[name].run_epoch is None and page.panels[name].note.isVisible(), name
    page.answer_all()
    check_settled(page)


def test_the_epoch_is_moved_while_a_result_is_pending(page):
    def check_waiting():
        for name, panel in page.panels.items():
            assert panel.run_epoch == (None if name == "flow" else page.runs.run_epoch), name
        check(page)

    page.answer_all()
    for epoch in (3, 1, 4):
        page.state.change(epoch=epoch)
        check_waiting()
        page.settle()
    asked = [query for query in page.link.of(GradientFlowQuery) if query.epoch in (3, 1)]
    assert len(asked) == 2
    for query in asked:
        page.answer(query)
        check_waiting()
    page.answer_all()
    check_settled(page)
    assert {panel.run_epoch.epoch for panel in page.panels.values()} == {4}


def test_a_run_that_takes_the_place_of_another_is_not_taken_for_it(page):
    page.answer_all()
    before = page.runs.run_epoch
    late = [(query, page.answer_to(query)) for query in page.link.queries]
    replace_run(page, "a", 7)
    assert page.runs.run_epoch != before
    for query, answer in late:
        page.link.reply(query, answer)
    check(page)
    page.answer_all()
    check_settled(page)


def test_a_run_that_is_gone_stays_as_it_was_read(page):
    page.answer_all()
    run_epoch = page.runs.run_epoch
    shutil.rmtree(page.path("a"))
    page.runs.poll()
    page.runs.stop()
    page.answer_all()
    assert page.runs.run_epoch == run_epoch and page.runs.current.error
    assert {panel.run_epoch for panel in page.panels.values()} == {run_epoch}
    check(page)


def test_a_training_that_went_back_makes_the_epochs_after_it_void(page):
    page.select("a", 5)
    page.answer_all()
    add_steps(page.path("a"), 10, 2, 4)  # from step 10, in epoch 4, on
    page.runs.poll()
    page.runs.stop()
    assert (page.runs.current.checkpoints, page.runs.run_epoch.epoch) == ((0, 1, 2, 3), 3)
    page.answer_all()
    check_settled(page)


def test_an_outdated_gradient_flow_is_pale_and_cannot_be_saved(page):
    page.answer_all()
    flow = page.panels["flow"]
    full = flow.matrix.grab().toImage()
    page.state.change(epoch=2)
    assert flow.matrix.isVisible() and flow.targets.text() == "epoch 2 · being computed…"
    assert flow.matrix.grab().toImage() != full and not flow.is_ready
    assert flow.matrix.describe(0, 0) == "" == flow.matrix.accessibleDescription()
    page.answer_all()
    assert flow.is_ready and flow.targets.text().startswith("epoch 2 · loss of")


def test_pictures_of_another_quantity_are_pale_and_cannot_be_saved(page):
    page.answer_all()
    history = page.panels["history"]
    full = history.strip.grab().toImage()
    page.state.change_training(quantity="f")
    assert history.strip.isVisible() and not history.is_ready
    assert history.strip.grab().toImage() != full
    page.answer_all()
    assert history.is_ready and history.run_epoch == page.runs.run_epoch


def test_a_problem_is_of_the_epoch_that_it_came_with(page):
    page.answer_all()
    page.state.change(epoch=2)
    page.settle()
    page.fail(page.link.last(GradientFlowQuery), "The checkpoint of epoch 2 is damaged.")
    flow = page.panels["flow"]
    assert flow.note.text() == "The checkpoint of epoch 2 is damaged." == page.page.notice.text
    page.state.change(epoch=3)
    assert flow.note.text() == "epoch 3 · being computed…" and not page.page.notice.isVisible()
    check(page)


def test_a_run_that_is_compared_and_removed_is_not_read_out(page):
    page.runs.compare(page.path("b"), on=True)
    loss = page.panels["loss"]
    assert {row[0] for row in loss.table().rows} == {"a", "b"}
    spot = loss.plot.place_of(9, 1.0)
    page.bot.mouseMove(loss.plot.viewport(), spot.toPoint())
    page.wait(loss.hover.isVisible)
    assert "b, smoothed" in loss.hover.text()
    page.runs.compare(page.path("b"), on=False)
    assert loss.hover.isHidden() and {row[0] for row in loss.table().rows} == {"a"}


def test_the_list_of_sentences_shows_its_epoch_and_closes_with_its_run(page):
    page.answer_all()
    tags = page.panels["tags"]
    tags.list_confused(1, 2)
    page.answer_all()
    assert tags.mistakes.isVisible() and tags.mistakes.list.count() == 1
    page.state.change(epoch=2)
    assert tags.mistakes.isVisible() and tags.mistakes._sentences.is_pale
    assert tags.mistakes.caption.text() == "1 sentence at epoch 5"
    page.state.change(epoch=5)
    assert not tags.mistakes._sentences.is_pale
    late = page.link.last(ConfusionQuery)
    page.select("b")
    assert not tags.mistakes.isVisible() and tags.bars.isVisible()
    page.answer(late)
    assert page.queries.confusions is None
    check(page)


def test_the_tags_are_saved_though_their_list_is_in_front(page):
    page.answer_all()
    tags = page.panels["tags"]
    page.state.change(epoch=2)
    page.page.resize(1250, 850)
    QApplication.processEvents()
    wanted = tags.figure().png()
    page.page.resize(1300, 900)
    tags.list_confused(1, 2)
    page.answer_all()
    page.page.resize(1250, 850)
    QApplication.processEvents()
    assert tags.mistakes.isVisible() and tags.mistakes.list.hasFocus()
    assert tags.figure().png() == wanted
    assert tags.mistakes.isVisible() and tags.mistakes.list.hasFocus()


# ---------------------------------------------------------------- what is saved


@pytest.mark.parametrize("name", PANELS)
def test_a_plot_is_saved_as_of_the_request(page, name, tmp_path):
    page.select("a", 3)
    page.answer_all()
    panel = page.panels[name]
    wanted = panel.snapshot()
    save_of(panel)()
    dialog = page.page.findChild(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name.startswith("a-epoch-3-" if panel.is_of_epoch else "a-")
    assert csv_text(wanted.table).startswith("run,") and {row[0] for row in wanted.table.rows} == {"a"}
    page.select("b", 1)
    page.answer_all()
    said = []
    page.page.notified.connect(said.append)
    for suffix in (".csv", ".png"):
        dialog.fileSelected.emit(str(tmp_path / f"plot{suffix}"))
        assert (tmp_path / f"plot{suffix}").read_bytes() == wanted.content(suffix)
        assert said[-1] == f"Saved: {tmp_path}/plot{suffix}"
    dialog.reject()


@pytest.mark.parametrize("name", PANELS)
def test_a_figure_names_its_run_and_epoch(page, name):
    page.select("a", 3)
    page.answer_all()
    root = ET.fromstring(page.panels[name].snapshot().svg)
    texts = " ".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text"))
    whole = "Run a · epoch 3" in texts
    assert "Run a" in texts and whole == page.panels[name].is_of_epoch  # a curve is of all epochs


@pytest.mark.parametrize("suffix", ["html", "pdf"])
def test_the_report_is_of_the_epoch_at_the_request(page, tmp_path, suffix):
    page.select("a", 3)
    page.answer_all()
    step = page.runs.run_epoch.step
    page.page.save_report()
    dialog = page.page.findChild(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("/a-epoch-3-report.html")
    page.select(None)
    dialog.fileSelected.emit(str(tmp_path / f"report.{suffix}"))
    dialog.reject()
    data = (tmp_path / f"report.{suffix}").read_bytes()
    if suffix == "html":
        html = data.decode()
        assert "<h1>a</h1>" in html and f"at epoch 3, after step {step}" in html
        assert "<p>after epoch 3, " in html and html.count("<img") == len(PANELS)
    else:
        assert data.startswith(b"%PDF-")


def test_without_a_run_there_is_no_report(page):
    page.select(None)
    notices = []
    page.page.notice_requested.connect(lambda text, *_: notices.append(text))
    page.page.save_report()
    assert "No run is selected" in notices[0] and not page.page.findChildren(QFileDialog)
