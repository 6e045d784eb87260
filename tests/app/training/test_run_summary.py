"""The run in front in words, and the numbers that they are about."""

import msgspec
import numpy as np
import pytest

from lstm_viz.app.panels.runs.run_summary import RunSummary
from lstm_viz.app.runs.generalisation import generalisation
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.files.lines import LineFile
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, Step, encode
from lstm_viz.runs.settings import SMALL
from tests.runs_support import write_run

GRU = msgspec.structs.replace(SMALL, cell="gru", clip=3.0)


def _run(path, losses, settings=GRU):
    """Write a run with (training, validation) losses of its epochs: two steps of 1 and of 3 words each."""
    write_run(path, settings=settings, epochs=0, steps=0, name="mine")
    lines = LineFile(RunFolder(path).history)
    for epoch, (training, validation) in enumerate(losses, 1):
        for k, (off, words) in enumerate(((-0.03, 1), (0.01, 3))):
            lines.append(encode(Step(2 * epoch - 1 + k, epoch, training + off, tokens=words)))
        lines.append(encode(Epoch(2 * epoch, epoch, validation, 0.9 - epoch / 100)))
    lines.close()
    return path


def _read(path):
    data = RunData(path)
    data.poll()
    return data


FALLING = [(0.9, 1.0), (0.5, 0.6)]
FLAT = [(0.9, 1.0), (0.5, 0.6), (0.3, 0.61)]
OVERFITTING = [(0.9, 1.0), (0.5, 0.6), (0.3, 0.7), (0.1, 0.9)]


def test_the_training_loss_of_an_epoch_is_the_mean_over_its_words(tmp_path):
    found = generalisation(_read(_run(tmp_path / "a", OVERFITTING)))
    np.testing.assert_allclose([found.last.training, found.lowest.training], [0.1, 0.5])
    assert (found.last.validation, found.lowest.validation, found.lowest.epoch) == (0.9, 0.6, 2)
    assert found.gap == pytest.approx(0.8) and found.is_overfitting and not found.is_falling


def test_a_loss_that_rises_with_that_of_training_is_no_overfitting(tmp_path):
    found = generalisation(_read(_run(tmp_path / "a", [(0.5, 0.6), (0.9, 1.0)])))
    assert not found.is_overfitting and not found.is_falling


def test_where_the_training_set_is_evaluated_there_is_no_gap(tmp_path):
    assert generalisation(_read(write_run(tmp_path / "tutorial"))) is None
    assert generalisation(_read(write_run(tmp_path / "none", settings=SMALL, epochs=0, steps=0))) is None


@pytest.fixture
def open_summary(open_desk, tmp_path):
    def open_(losses):
        desk = open_desk(_run(tmp_path / "a", losses))
        summary = RunSummary(desk.runs)
        desk.show(summary, 900, 80)
        return desk, summary

    return open_


@pytest.mark.parametrize(
    ("losses", "text"),
    [
        (FALLING, "Validation loss still falling: 0.6000, training loss 0.5000, gap 0.1000"),
        (
            FLAT,
            "Validation loss no lower since epoch 2: 0.6100 (0.6000 then), training loss 0.3000, gap 0.3100",
        ),
        (
            OVERFITTING,
            "Overfitting since epoch 2: validation loss 0.9000 (0.6000 then),"
            " training loss 0.1000 (0.5000 then), gap 0.8000",
        ),
    ],
    ids=["falling", "flat", "overfitting"],
)
def test_the_fit_is_in_words_with_its_numbers(open_summary, losses, text):
    _, summary = open_summary(losses)
    assert summary.fit.text() == text


def test_settings_and_results_are_those_of_the_run_in_front(open_summary):
    desk, summary = open_summary(FLAT)
    assert summary.title.text() == "Run mine"
    assert "cell GRU" in summary.settings.text() and "clip 3" in summary.settings.text()
    assert "decoder: " in summary.title.toolTip()
    line = desk.runs.current.best
    assert summary.results.text() == (
        f"Accuracy: best {line.dev_accuracy:.4f} at epoch {line.epoch} · last 0.8700 at epoch 3"
    )
    desk.state.pick_model("preset:tutorial")
    assert not summary.isVisible()


def test_it_follows_the_run_epoch_by_epoch(open_summary):
    desk, summary = open_summary(FLAT)
    lines = LineFile(desk.runs.current.folder.history)
    lines.append(encode(Step(7, 4, 0.2, tokens=2)))
    lines.append(encode(Epoch(7, 4, 0.5, 0.95)))
    lines.close()
    desk.runs.poll()
    assert summary.results.text() == "Accuracy: best and last 0.9500 at epoch 4"
    assert summary.fit.text().startswith("Validation loss still falling: 0.5000, training loss 0.2000")


def test_a_long_name_does_not_widen_the_page(open_desk, tmp_path):
    desk = open_desk(write_run(tmp_path / "long", name=4000 * "W"))
    summary = RunSummary(desk.runs)
    desk.show(summary, 700, 90)
    assert summary.title.text().endswith("WWW") and summary.minimumSizeHint().width() < 300
    assert summary.sizeHint().width() < 1000
