"""What is asked, when, and which answers count."""

import msgspec
import pytest

from lstm_viz.app.runs import model_name
from lstm_viz.app.state import TrainingLook
from lstm_viz.files.lines import LineFile
from lstm_viz.messages import Confused, Flow, Module, Probe, Survey, Surveyed
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, encode, read_all
from lstm_viz.runs.settings import SMALL, TUTORIAL
from tests.runs_support import add_epoch, write_run


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path / "run", epochs=4, steps=40)


@pytest.fixture
def desk(open_desk, run):
    return open_desk(run)


def test_the_engine_is_started_once(desk):
    desk.workbench.open()
    assert desk.link.starts == 1


def test_the_whole_probe_and_one_flow_are_asked(desk, run):
    assert [q.epochs for q in desk.link.of(Probe)] == [(0, 1, 2, 3, 4)]
    probe, flow = desk.link.last(Probe), desk.link.last(Flow)
    assert (probe.run, probe.text, probe.quantity, probe.layer) == (str(run), "The dog ate the apple", "c", 0)
    assert (flow.epoch, flow.text) == (4, probe.text)
    assert probe.number != flow.number


def test_nothing_is_asked_while_the_page_is_not_in_front(open_desk, run):
    desk = open_desk(run, training=TrainingLook(shown=False))
    desk.state.change(epoch=2)
    desk.settle()
    assert desk.link.asked == []
    desk.state.change_training(shown=True)
    desk.settle()
    assert [type(q) for q in desk.link.asked] == [Probe, Flow] and desk.link.last(Flow).epoch == 2


def test_a_new_checkpoint_asks_for_its_picture_alone(desk, run):
    desk.answer()
    add_epoch(run, 50, 5)
    desk.runs.poll()
    desk.settle()
    assert desk.link.last(Probe).epochs == (5,) and desk.link.last(Flow).epoch == 5
    desk.answer()
    assert [picture.epoch for picture in desk.workbench.probed.pictures] == [0, 1, 2, 3, 4, 5]


def test_steps_ask_nothing(desk, run):
    desk.answer()
    status = RunFolder(run).status()
    for step in (38, 39):
        desk.settle()
        before = len(desk.link.asked)
        RunFolder(run).write_status(msgspec.structs.replace(status, step=step))
        desk.runs.poll()
    assert not desk.workbench._pause.isActive() and len(desk.link.asked) == before


def test_an_answer_in_parts_is_put_together_and_asked_once(desk):
    for epoch in (0, 1, 2, 3, 4):
        desk.answer(epochs=(epoch,))
        desk.settle()
        assert [p.epoch for p in desk.workbench.probed.pictures] == list(range(epoch + 1))
    assert len(desk.link.of(Probe)) == 1


def test_what_the_engine_leaves_out_is_not_asked_for_ever(desk):
    desk.answer(epochs=(0, 4))
    desk.settle()
    desk.state.change(epoch=3)
    desk.settle()
    assert len(desk.link.of(Probe)) == 1


def test_pictures_of_another_sentence_count_no_more_and_late_answers_are_dropped(desk):
    late = desk.link.last(Probe)
    desk.answer()
    desk.state.change_training(probe="a cat")
    assert desk.workbench.probed is None
    desk.answer(late)
    desk.settle()
    desk.answer(late)
    assert desk.workbench.probed is None
    desk.answer()
    assert desk.workbench.probed.words == ("a", "cat")


def test_changes_at_once_are_one_question(desk):
    desk.state.change_training(probe="a")
    desk.state.change_training(probe="a cat")
    desk.state.change_training(quantity="f")
    desk.settle()
    asked = desk.link.of(Probe)
    assert len(asked) == 2 and (asked[1].text, asked[1].quantity) == ("a cat", "f")


def test_scrubbing_asks_for_the_flow_and_no_picture(desk):
    desk.answer()
    desk.state.change(epoch=1)
    desk.settle()
    assert desk.link.last(Flow).epoch == 1 and len(desk.link.of(Probe)) == 1


def test_an_old_flow_is_dropped(desk):
    first = desk.link.last(Flow)
    desk.state.change(epoch=1)
    desk.settle()
    desk.answer(first)
    assert desk.workbench.flowed is None
    desk.answer(desk.link.last(Flow))
    assert desk.workbench.flowed.epoch == 1


def test_another_run_shows_nothing_of_the_first(desk, tmp_path):
    desk.answer()
    desk.answer(desk.link.last(Flow))
    first, said = desk.state.look.model, []
    desk.workbench.probed_changed.connect(said.append)
    desk.workbench.flowed_changed.connect(said.append)
    other = write_run(tmp_path / "other", epochs=1, steps=4)
    desk.state.pick_model(model_name(other))
    assert desk.workbench.probed is None and said == [None, None]
    desk.state.pick_model(first)  # before anything was asked
    desk.settle()
    desk.answer()
    desk.answer(desk.link.last(Flow))
    assert desk.workbench.probed.run in first and desk.workbench.flowed is not None


def test_a_preset_is_no_run(desk):
    desk.state.pick_model("tutorial")
    desk.settle()
    before = len(desk.link.asked)
    desk.state.change(epoch=3)
    desk.settle()
    assert len(desk.link.asked) == before and desk.workbench.place is None


def test_the_engine_dies_and_is_asked_again(desk):
    desk.answer(epochs=(0, 1))
    desk.link.greet()
    assert desk.link.last(Probe).epochs == (2, 3, 4) and len(desk.link.of(Flow)) == 2
    desk.answer(desk.link.last(Flow))
    desk.answer()
    desk.link.greet()
    assert len(desk.link.of(Flow)) == 2 and len(desk.link.of(Probe)) == 2


def test_an_engine_that_cannot_be_started_is_told(desk):
    said = []
    desk.workbench.trouble_changed.connect(said.append)
    desk.link.failed.emit("Traceback\nImportError: no torch")
    assert said[-1].sentence == "The engine of this page cannot be started: ImportError: no torch"
    desk.workbench.retry()
    assert said[-1] is None and desk.link.starts == 2


def test_a_problem_is_told_until_there_is_an_answer(desk):
    desk.fail(desk.link.last(Flow), "The checkpoint of epoch 4 is damaged.")
    assert desk.workbench.trouble.sentence == "The checkpoint of epoch 4 is damaged."
    desk.answer()
    assert Flow in desk.workbench.troubles
    desk.state.change(epoch=3)
    desk.settle()
    desk.answer(desk.link.last(Flow))
    assert desk.workbench.trouble is None


def test_what_had_no_answer_is_asked_again_on_wish(desk):
    desk.fail(desk.link.last(Flow), "It is not there.")
    desk.workbench.retry()
    assert len(desk.link.of(Flow)) == 2


def test_surveys_the_newest_wins(desk):
    said = []
    desk.workbench.surveyed_changed.connect(said.append)
    desk.workbench.survey(SMALL)
    desk.settle()
    desk.workbench.survey(TUTORIAL)
    desk.settle()
    first, second = desk.link.of(Survey)
    desk.link.answered.emit(Surveyed(first.number, None))
    assert said == []
    desk.link.answered.emit(Surveyed(second.number, None, parameters=7))
    assert [s.parameters for s in said] == [7]
    desk.workbench.survey(TUTORIAL)
    desk.settle()
    assert len(desk.link.of(Survey)) == 2


def test_confusions_are_of_the_epoch_that_is_looked_at(desk, run):
    desk.state.change(epoch=3)
    desk.workbench.list_confused("NN", "V")
    desk.settle()
    asked = desk.link.last(Confused)
    assert (asked.run, asked.epoch, asked.gold, asked.tag) == (str(run), 3, "NN", "V")
    desk.answer(asked)
    assert desk.workbench.confusions.total == 3


@pytest.mark.parametrize(
    ("cell", "wanted", "shown"), [("gru", "c", "h"), ("gru", "z", "z"), ("rnn", "f", "h")]
)
def test_a_quantity_that_the_cell_has_not_is_h(open_desk, tmp_path, cell, wanted, shown):
    path = write_run(tmp_path / "other", settings=msgspec.structs.replace(TUTORIAL, cell=cell))
    desk = open_desk(path, training=TrainingLook(shown=True, quantity=wanted))
    assert desk.link.last(Probe).quantity == shown


def test_the_top_layer_is_shown_unless_another_is_chosen(open_desk, tmp_path):
    settings = msgspec.structs.replace(TUTORIAL, num_layers=3, bidirectional=True)
    desk = open_desk(write_run(tmp_path / "deep", settings=settings))
    assert (desk.link.last(Probe).layer, desk.link.last(Flow).layer) == (2, 2)
    desk.state.change_training(layer=1, direction=1)
    desk.settle()
    assert [(q.layer, q.direction) for q in (desk.link.last(Probe), desk.link.last(Flow))] == [(1, 1)] * 2


def test_a_run_without_settings_is_looked_at_where_the_engine_says_there_is_something(open_desk, tmp_path):
    path = write_run(tmp_path / "own")
    folder = RunFolder(path)
    folder.write_run(msgspec.structs.replace(folder.run(), settings=None, probe=""))
    desk = open_desk(path)
    assert (desk.link.last(Probe).quantity, desk.link.last(Probe).text) == ("h", desk.state.look.text)
    desk.answer(modules=(Module("net", "GRU", "words", 2, 1, 6, 6),))
    desk.settle()
    assert (desk.link.last(Probe).layer, desk.link.last(Probe).quantity) == (1, "h")


def test_weights_that_were_written_anew_are_read_anew(desk, run):
    desk.answer()
    last = [line for line in read_all(run).lines if isinstance(line, Epoch)][-1]
    history = LineFile(RunFolder(run).history)
    history.append(encode(msgspec.structs.replace(last, sha256="1" * 64)))
    history.close()
    desk.runs.poll()
    desk.settle()
    assert desk.link.last(Probe).epochs == (4,)
