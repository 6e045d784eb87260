"""What is asked, when, and which answers count."""

import msgspec
import pytest

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.files.lines import LineFile
from lstm_viz.messages import (
    ConfusionQuery,
    CorpusQuery,
    CorpusSummary,
    GradientFlowQuery,
    HistoryQuery,
    Module,
)
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, encode, read_all
from lstm_viz.runs.settings import SMALL, TUTORIAL
from lstm_viz.uris import of_run
from tests.runs_support import add_epoch, write_run


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path / "run", epochs=4, steps=40)


@pytest.fixture
def desk(open_desk, run):
    return open_desk(run)


def test_the_engine_is_started_once(desk):
    desk.queries.show_pictures(7)
    desk.settle()
    assert desk.link.starts == 1


def test_the_whole_history_and_one_gradient_flow_are_requested(desk, run):
    assert [q.epochs for q in desk.link.of(HistoryQuery)] == [(0, 1, 2, 3, 4)]
    tracked_sentence, flow = desk.link.last(HistoryQuery), desk.link.last(GradientFlowQuery)
    assert (
        tracked_sentence.model,
        tracked_sentence.text,
        tracked_sentence.quantity,
        tracked_sentence.layer,
    ) == (of_run(run), "The dog ate the apple", "c", 0)
    assert (flow.epoch, flow.text) == (4, tracked_sentence.text)
    assert desk.link.number_of(tracked_sentence) != desk.link.number_of(flow)


def test_nothing_is_requested_while_the_page_is_not_current(open_desk, run):
    desk = open_desk(run, training=TrainingView(page="sentence"))
    desk.state.change(epoch=2)
    desk.settle()
    assert desk.link.queries == []
    desk.state.show_page("training")
    desk.settle()
    assert [type(q) for q in desk.link.queries] == [HistoryQuery, GradientFlowQuery] and desk.link.last(
        GradientFlowQuery
    ).epoch == 2


def test_a_new_checkpoint_asks_for_its_picture_alone(desk, run):
    desk.answer()
    add_epoch(run, 50, 5)
    desk.runs.poll()
    desk.settle()
    assert desk.link.last(HistoryQuery).epochs == (5,) and desk.link.last(GradientFlowQuery).epoch == 5
    desk.answer()
    assert [picture.epoch for picture in desk.queries.history.pictures] == [0, 1, 2, 3, 4, 5]


def test_steps_ask_nothing(desk, run):
    desk.answer()
    status = RunFolder(run).status()
    for step in (38, 39):
        desk.settle()
        before = len(desk.link.queries)
        RunFolder(run).write_status(msgspec.structs.replace(status, step=step))
        desk.runs.poll()
    assert not desk.client.is_pausing and len(desk.link.queries) == before


def test_a_result_in_parts_is_collected_and_requested_once(desk):
    for epoch in (0, 1, 2, 3, 4):
        desk.answer(epochs=(epoch,))
        desk.settle()
        assert [p.epoch for p in desk.queries.history.pictures] == list(range(epoch + 1))
    assert len(desk.link.of(HistoryQuery)) == 1


def test_what_the_engine_leaves_out_is_not_requested_forever(desk):
    desk.answer(epochs=(0, 4))
    desk.settle()
    desk.state.change(epoch=3)
    desk.settle()
    assert len(desk.link.of(HistoryQuery)) == 1


def test_pictures_of_another_sentence_and_late_results_are_dropped(desk):
    late = desk.link.last(HistoryQuery)
    desk.answer()
    desk.state.change_training(tracked_sentence="a cat")
    assert desk.queries.history is None
    desk.answer(late)
    desk.settle()
    desk.answer(late)
    assert desk.queries.history is None
    desk.answer()
    assert desk.queries.history.words == ("a", "cat")


def test_simultaneous_changes_are_one_query(desk):
    desk.state.change_training(tracked_sentence="a")
    desk.state.change_training(tracked_sentence="a cat")
    desk.state.change_training(quantity="f")
    desk.settle()
    asked = desk.link.of(HistoryQuery)
    assert len(asked) == 2 and (asked[1].text, asked[1].quantity) == ("a cat", "f")


def test_scrubbing_asks_for_the_flow_and_no_picture(desk):
    desk.answer()
    desk.state.change(epoch=1)
    desk.settle()
    assert desk.link.last(GradientFlowQuery).epoch == 1 and len(desk.link.of(HistoryQuery)) == 1


def test_an_old_flow_is_dropped(desk):
    first = desk.link.last(GradientFlowQuery)
    desk.state.change(epoch=1)
    desk.settle()
    desk.answer(first)
    assert desk.queries.gradient_flow is None
    desk.answer(desk.link.last(GradientFlowQuery))
    assert desk.queries.gradient_flow.epoch == 1


def test_another_run_shows_nothing_of_the_first(desk, tmp_path):
    desk.answer()
    desk.answer(desk.link.last(GradientFlowQuery))
    first, results = desk.state.selection.model, []
    desk.queries.history_changed.connect(results.append)
    desk.queries.gradient_flow_changed.connect(results.append)
    other = write_run(tmp_path / "other", epochs=1, steps=4)
    desk.state.pick_model(of_run(other))
    assert desk.queries.history is None and results == [None, None]
    desk.state.pick_model(first)  # before anything was asked
    desk.settle()
    desk.answer()
    desk.answer(desk.link.last(GradientFlowQuery))
    assert desk.queries.history.model == first and desk.queries.gradient_flow is not None


def test_a_preset_is_no_run(desk):
    desk.state.pick_model("preset:tutorial")
    desk.settle()
    before = len(desk.link.queries)
    desk.state.change(epoch=3)
    desk.settle()
    assert len(desk.link.queries) == before and desk.queries.place is None


def test_queries_are_repeated_after_the_engine_crashed(desk):
    desk.answer(epochs=(0, 1))
    desk.link.greet()
    desk.settle()
    assert desk.link.last(HistoryQuery).epochs == (2, 3, 4) and len(desk.link.of(GradientFlowQuery)) == 2
    desk.answer(desk.link.last(GradientFlowQuery))
    desk.answer()
    desk.link.greet()
    desk.settle()
    assert len(desk.link.of(GradientFlowQuery)) == 2 and len(desk.link.of(HistoryQuery)) == 2


def test_an_engine_that_cannot_be_started_is_reported(desk):
    results = []
    desk.queries.error_changed.connect(results.append)
    desk.link.failed.emit("Traceback\nImportError: no torch")
    assert error_text(results[-1]) == "The engine of this page cannot be started: ImportError: no torch"
    desk.queries.retry()
    assert results[-1] is None and desk.link.starts == 2


def test_a_failure_is_reported_until_there_is_a_result(desk):
    desk.fail(desk.link.last(GradientFlowQuery), "The checkpoint of epoch 4 is damaged.")
    assert error_text(desk.queries.error) == "The checkpoint of epoch 4 is damaged."
    desk.answer()
    assert GradientFlowQuery in desk.queries.errors
    desk.state.change(epoch=3)
    desk.settle()
    desk.answer(desk.link.last(GradientFlowQuery))
    assert desk.queries.error is None


def test_failed_queries_are_repeated_on_request(desk):
    desk.fail(desk.link.last(GradientFlowQuery), "It is not there.")
    desk.queries.retry()
    assert len(desk.link.of(GradientFlowQuery)) == 2


def test_surveys_the_newest_wins(desk):
    results = []
    desk.queries.corpus_summary_changed.connect(results.append)
    desk.queries.query_corpus(SMALL)
    desk.settle()
    desk.queries.query_corpus(TUTORIAL)
    desk.settle()
    first, second = desk.link.of(CorpusQuery)
    desk.link.reply(first, CorpusSummary(None))
    assert results == []
    desk.link.reply(second, CorpusSummary(None, parameters=7))
    assert [s.parameters for s in results] == [7]
    desk.queries.query_corpus(TUTORIAL)
    desk.settle()
    assert len(desk.link.of(CorpusQuery)) == 2


def test_confusions_are_of_the_selected_epoch(desk, run):
    desk.state.change(epoch=3)
    desk.queries.list_confused("NN", "V")
    desk.settle()
    asked = desk.link.last(ConfusionQuery)
    assert (asked.model, asked.epoch, asked.gold, asked.tag) == (of_run(run), 3, "NN", "V")
    desk.answer(asked)
    assert desk.queries.confusions.total == 3


@pytest.mark.parametrize(
    ("cell", "wanted", "shown"), [("gru", "c", "h"), ("gru", "z", "z"), ("rnn", "f", "h")]
)
def test_a_quantity_that_the_cell_has_not_is_h(open_desk, tmp_path, cell, wanted, shown):
    path = write_run(tmp_path / "other", settings=msgspec.structs.replace(TUTORIAL, cell=cell))
    desk = open_desk(path, training=TrainingView(page="training", quantity=wanted))
    assert desk.link.last(HistoryQuery).quantity == shown


def test_the_top_layer_is_shown_unless_another_is_chosen(open_desk, tmp_path):
    settings = msgspec.structs.replace(TUTORIAL, num_layers=3, bidirectional=True)
    desk = open_desk(write_run(tmp_path / "deep", settings=settings))
    assert (desk.link.last(HistoryQuery).layer, desk.link.last(GradientFlowQuery).layer) == (2, 2)
    desk.state.change_training(layer=1, direction=1)
    desk.settle()
    assert [
        (q.layer, q.direction) for q in (desk.link.last(HistoryQuery), desk.link.last(GradientFlowQuery))
    ] == [(1, 1)] * 2


def test_a_run_without_settings_uses_the_modules_reported_by_the_engine(open_desk, tmp_path):
    path = write_run(tmp_path / "own")
    folder = RunFolder(path)
    folder.write_run(msgspec.structs.replace(folder.run(), settings=None, tracked_sentence=""))
    desk = open_desk(path)
    assert (desk.link.last(HistoryQuery).quantity, desk.link.last(HistoryQuery).text) == (
        "h",
        desk.state.selection.text,
    )
    desk.answer(modules=(Module("net", "GRU", "words", 2, 1, 6, 6),))
    desk.settle()
    assert (desk.link.last(HistoryQuery).layer, desk.link.last(HistoryQuery).quantity) == (1, "h")


def test_a_module_of_one_layer_that_the_engine_reports_leaves_no_blank_history(open_desk, tmp_path):
    """Its layer, direction and quantity are those that were assumed: the query is the same as before."""
    path = write_run(tmp_path / "own")
    folder = RunFolder(path)
    folder.write_run(msgspec.structs.replace(folder.run(), settings=None, tracked_sentence=""))
    desk = open_desk(path)
    for _ in range(2):
        desk.answer(modules=(Module("net", "GRU", "words", 1, 1, 6, 6),))
        desk.settle()
    assert [picture.epoch for picture in desk.queries.history.pictures] == list(desk.queries.shown)


def test_weights_that_were_written_anew_are_read_anew(desk, run):
    desk.answer()
    last = [line for line in read_all(run).lines if isinstance(line, Epoch)][-1]
    history = LineFile(RunFolder(run).history)
    history.append(encode(msgspec.structs.replace(last, sha256="1" * 64)))
    history.close()
    desk.runs.poll()
    desk.settle()
    assert desk.link.last(HistoryQuery).epochs == (4,)
