"""A window on a model of this process: the process is the engine, and nothing is left when either ends."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from PySide6.QtGui import QImage

import lstm_viz
from lstm_viz import live
from lstm_viz.subjects.errors import ModelError
from lstm_viz.tracing import load_trace
from tests.subjects.user_models import CLASSES, Regressor, Sentiment, encode_sentence, made

TEXT = "the film was good"
_SCRIPT = """
import sys, threading, torch
sys.path.insert(0, {folder!r})
import lstm_viz
from tests.subjects.user_models import Characters, encode_characters, made

def decode(output):
    if threading.current_thread() is not threading.main_thread():
        print("the window reads", flush=True)
    return output

model = made(Characters)
window = lstm_viz.show(model, encode=encode_characters, decode=decode, text="abc", block=False)
with torch.no_grad():
    model.embed.weight.add_(1.0)  # the window reads other weights than `show` did
window.wait()
print("closed", flush=True)
"""


@pytest.fixture(autouse=True)
def _without_screen(monkeypatch, tmp_path):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))


def test_a_window_reads_and_explains_the_model_of_this_process():
    model, was_read = made(Sentiment), threading.Event()

    def decode(scores):
        if threading.current_thread() is not threading.main_thread():
            was_read.set()
        return scores, CLASSES

    was_alive = set(threading.enumerate())
    window = lstm_viz.show(model, encode=encode_sentence, decode=decode, text=TEXT, block=False)
    assert window.is_open
    threads = set(threading.enumerate()) - was_alive
    with torch.no_grad():
        model.fc.bias.add_(1.0)  # the window reads other weights than `show` did
    assert was_read.wait(120)
    window.close()
    assert not window.is_open
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert model.training


def test_what_the_model_cannot_read_is_raised_in_the_script():
    with pytest.raises(ModelError, match="forward raised"):
        lstm_viz.show(made(Regressor), 3.0)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_the_window_ends_with_the_script(how):
    script = _SCRIPT.format(folder=str(Path(__file__).parents[1]))
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "the window reads\n"
        getattr(process, how)()
        # its window has the same standard streams: it has ended, too, when these are at their ends
        rest, errors = process.communicate(timeout=60)
    assert "closed" not in rest and not errors


def test_a_model_of_this_process_is_drawn_without_a_window(tmp_path):
    model, picture = made(Sentiment), tmp_path / "picture.png"
    how = {"encode": encode_sentence, "decode": lambda scores: (scores, CLASSES), "text": TEXT}
    lstm_viz.grab(model, out=picture, size=(980, 500), theme="light", step=2, **how)
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (980, 500)
    assert image.pixelColor(2, 498).name() == "#eef0f3"
    with pytest.raises(live.PictureError, match="the sentence has 4 steps"):
        lstm_viz.grab(model, out=picture, step=7, **how)
    with pytest.raises(live.PictureError, match="theme"):
        lstm_viz.grab(model, out=picture, theme="pink", **how)


@pytest.mark.parametrize(("shell", "waits"), [(None, True), (object(), False)])
def test_a_script_that_imports_ipython_waits_for_its_window(monkeypatch, shell, waits):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.delattr(sys, "ps1", raising=False)
    waited = []
    monkeypatch.setattr(live, "LiveWindow", lambda subject: SimpleNamespace(wait=lambda: waited.append(True)))
    lstm_viz.show(made(Sentiment), encode=encode_sentence, text=TEXT)
    assert waited == [True] * waits


def test_a_trace_shows_itself(monkeypatch, tmp_path):
    shown = []
    monkeypatch.setattr(live, "LiveWindow", shown.append)
    lstm = torch.nn.LSTM(3, 4)
    with torch.no_grad(), lstm_viz.capture(lstm) as captured:
        lstm(torch.randn(5, 1, 3))
    captured[""].show("encoder", block=False)
    captured[""].save(tmp_path / "t", "decoder")
    lstm_viz.show(load_trace(tmp_path / "t"), block=False)
    assert [subject.identity.title for subject in shown] == ["encoder", "decoder"]
    assert all(subject.read("trace").calls for subject in shown)
