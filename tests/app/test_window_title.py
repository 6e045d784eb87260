"""The title of the window names the model or the run, before the program."""

from lstm_viz.uris import of_run
from tests.runs_support import write_run


def test_the_title_is_that_of_the_model(person):
    person.wait(lambda: person.window.windowTitle() == "Tutorial tagger · LSTM · 6 units — LSTM Viz")
    person.picks_model("preset:english")
    assert person.window.windowTitle().startswith("English") and not person.window.windowFilePath()


def test_a_long_name_is_cut(trainee, tmp_path):
    path = write_run(tmp_path / "runs" / "mine", name=4000 * "W", checkpoints=True)
    trainee.session.runs.relist()
    trainee.session.state.pick_model(of_run(path))
    trainee.wait(lambda: trainee.window.windowTitle() == f"{99 * 'W'}… — LSTM Viz")
    assert trainee.window.minimumSizeHint().width() < 1400


def test_the_title_is_that_of_the_run_under_its_new_name_too(trainee, tmp_path):
    path = write_run(tmp_path / "runs" / "mine", checkpoints=True)
    trainee.session.runs.relist()
    trainee.session.state.pick_model(of_run(path))
    trainee.wait(lambda: trainee.window.windowTitle() == "mine — LSTM Viz")
    assert trainee.window.windowFilePath() == str(path)
    trainee.session.runs.rename(path, "of today")
    trainee.wait(lambda: trainee.window.windowTitle() == "of today — LSTM Viz")
    trainee.session.state.pick_model("preset:tutorial")
    trainee.wait(lambda: "Tutorial" in trainee.window.windowTitle())
    assert not trainee.window.windowFilePath()
