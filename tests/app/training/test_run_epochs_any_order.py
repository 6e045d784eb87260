"""Whatever is done in whichever order, all panels of the Training page are about the same run and epoch."""

import random
import shutil

import pytest

from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.files.lines import LineFile
from lstm_viz.messages import ConfusionQuery, GradientFlowQuery, HistoryQuery
from lstm_viz.runs.history import Epoch, encode
from lstm_viz.runs.settings import SMALL
from tests.app.training.run_epochs_support import RUNS, check, check_settled, epochs_of, replace_run
from tests.runs_support import add_steps, write_run


def _select(page, chance):
    page.select(chance.choice([*RUNS, None]), chance.choice([None, None, 2]))


def _epoch(page, chance):
    page.state.change(epoch=chance.choice([None, 0, 1, 2, 3, 4, 5, 6, 77]))


def _answer_any(page, chance):
    """Answer a question, be it one that was answered or replaced long ago."""
    if page.link.queries:
        page.answer(chance.choice(page.link.queries[-8:]))


def _answer_newest(page, chance):
    page.settle()
    for kind in (HistoryQuery, GradientFlowQuery, ConfusionQuery):
        if page.link.of(kind):
            page.answer(page.link.last(kind))


def _fail(page, chance):
    if page.link.queries:
        page.fail(chance.choice(page.link.queries[-4:]), "It could not be read.")


def _grow(page, chance):
    path = page.path(chance.choice(RUNS))
    if not path.exists():
        return
    lines = epochs_of(path)
    step, epoch = lines[-1].step + lines[1].step, lines[-1].epoch + 1
    add_steps(path, lines[-1].step + 1, lines[1].step, epoch)
    _measure(path, step, epoch)
    _poll(page, chance)


def _measure(path, step, epoch):
    file = LineFile(path / "history.jsonl")
    name = f"epoch-{epoch:06}.safetensors"
    file.append(encode(Epoch(step, epoch, 0.4, 0.9, name, "0" * 64, ((0, 0, 1000 + epoch),))))
    file.close()


def _poll(page, chance):
    page.runs.poll()
    page.runs.stop()


def _new_run(page, chance):
    name = chance.choice(RUNS)
    if page.path(name).exists():
        replace_run(page, name, 5 + len(page.link.queries))
    else:
        write_run(page.path(name), epochs=3, steps=3 * (5 + len(page.link.queries)), settings=SMALL)
        _poll(page, chance)


def _vanish(page, chance):
    shutil.rmtree(page.path(chance.choice(RUNS)), ignore_errors=True)
    _poll(page, chance)


def _read_otherwise(page, chance):
    change = {"tracked_sentence": [None, "a cat", "the house"], "quantity": ["c", "f"], "layer": [None, 0]}
    name = chance.choice(list(change))
    page.state.change_training(**{name: chance.choice(change[name])})


def _page(page, chance):
    page.state.show_page("sentence" if page.state.training.shown else "training")


def _compare(page, chance):
    page.runs.compare(page.path(chance.choice(RUNS)), on=chance.random() < 0.5)


def _list(page, chance):
    page.panels["tags"].list_confused(1, 2)


def _restart(page, chance):
    page.link.greet()


def _theme(page, chance):
    page.state.set_theme(chance.choice([DARK, LIGHT]))


ACTIONS = (_select, _epoch, _answer_any, _answer_newest, _fail, _grow, _new_run, _vanish, _read_otherwise)
ACTIONS += (_page, _compare, _list, _restart, _theme, _epoch, _answer_newest, _answer_any, _select)


@pytest.mark.parametrize("seed", range(8))
def test_after_any_actions_each_panel_is_about_the_selection(page, seed):
    chance, done = random.Random(seed), []
    for _ in range(40):
        action = chance.choice(ACTIONS)
        done.append(action.__name__)
        action(page, chance)
        if chance.random() < 0.5:
            page.settle()
        check(page)
        if chance.random() < 0.15:
            page.state.show_page("training")
            page.answer_all()
            check_settled(page)
    page.state.show_page("training")
    page.queries.retry()
    page.answer_all()
    check_settled(page)
