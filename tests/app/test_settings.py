"""What was looked at comes back; what cannot be read is as at the first start."""

import json
from dataclasses import asdict, replace

import msgspec
import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt

from lstm_viz.app.looks import keep_damaged_aside, load_look, load_training, save_look, save_training
from lstm_viz.app.main import keep_looks
from lstm_viz.app.settings import load_bytes, load_theme, open_settings, save_theme
from lstm_viz.app.state import Look, TrainingLook
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.themes import resolve
from lstm_viz.runs.settings import SMALL


@pytest.fixture
def settings(application, tmp_path):
    return QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)


def _reread(settings):
    settings.sync()
    return QSettings(settings.fileName(), QSettings.Format.IniFormat)


def test_the_settings_of_a_test_are_not_a_persons(application, tmp_path_factory):
    assert open_settings().fileName().startswith(str(tmp_path_factory.getbasetemp()))


def test_what_was_looked_at_comes_back(settings):
    look = Look(
        model="english",
        text='“ёж” \\ "x"; = ,\n🦜',
        epoch=10,
        carry=True,
        before=("개",),
        module="lstm",
        layer=1,
        step=7,
        character=2,
        unit=None,
        inputs_shown=True,
        alone="f",
        target="log_softmax",
        motion=False,
        speed=0.25,
    )
    save_look(settings, replace(look, caret=5))
    assert load_look(_reread(settings)) == look


def test_what_was_looked_at_on_the_training_page_comes_back(settings):
    training = TrainingLook(
        shown=True,
        compared=("/runs/ä",),
        elsewhere=("/x y/run", "/z"),
        probe="“ёж” \\ 🦜",
        quantity="h",
        smoothing=0.5,
        log_loss=True,
        beside="norms",
        tags="confusion",
        next=msgspec.structs.replace(SMALL, corpus=("/a b.conllu", "/c"), dev="/d", learning_rate=1e-300),
        recent=(("/a b.conllu", "/c"), ("/e",)),
    )
    save_training(settings, replace(training, pace=2.0))
    assert load_training(_reread(settings)) == training


@pytest.mark.parametrize("stored", ["", "{", "[]", '{"shown": 3, "smoothing": 1.5, "beside": "x"}', 3])
def test_garbage_of_the_training_page_is_as_at_the_first_start(settings, stored):
    settings.setValue("training", stored)
    assert load_training(_reread(settings)) == TrainingLook()


def test_settings_that_are_refused_now_are_the_tutorials(settings):
    stored = {"shown": True, "next": {"corpus": ["small"], "hidden_size": 0}}
    settings.setValue("training", json.dumps(stored))
    assert load_training(_reread(settings)) == TrainingLook(shown=True)


def test_what_is_looked_at_is_kept_before_the_window_is_closed(settings, open_session, link, monkeypatch):
    monkeypatch.setattr("lstm_viz.app.main._KEEP_MS", 1)
    person = open_session(link)
    person.settle()
    keep_looks(person.session, settings)
    person.session.state.change(unit=3)
    person.wait(lambda: load_look(_reread(settings)) == person.session.state.look)
    person.session.state.change_training(probe="a dog")
    person.wait(lambda: load_training(_reread(settings)) == person.session.state.training)


def test_at_the_first_start_there_is_the_tutorial(settings):
    assert load_look(settings) == Look()
    assert load_theme(settings) == "system"
    assert load_bytes(settings, "geometry").isEmpty()


@pytest.mark.parametrize(
    "stored", ["", "{", "[]", "null", "7", '{"model": ', "\x00", b"\xff\xfe", 3, ["a", "b"]]
)
def test_garbage_is_as_at_the_first_start(settings, stored):
    settings.setValue("look", stored)
    assert load_look(_reread(settings)) == Look()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("step", "three"),
        ("step", -4),
        ("step", 10**30),
        ("unit", -1),
        ("unit", 1.5),
        ("layer", -1),
        ("direction", -1),
        ("epoch", "x"),
        ("text", 5),
        ("text", None),
        ("carry", 1),
        ("speed", 0.0),
        ("speed", -1.0),
        ("speed", 1e-300),
        ("caret", 3),
        ("nonsense", 1),
    ],
)
def test_one_bad_value_spoils_no_other(settings, name, value):
    stored = asdict(Look(text="kept", model="english")) | {name: value}
    settings.setValue("look", json.dumps(stored))
    look = load_look(_reread(settings))
    assert look.model == "english"
    assert look == replace(
        Look(text="kept", model="english"), **({"text": Look().text} if name == "text" else {})
    )


def test_a_look_from_garbage_is_survived(settings, open_session, link):
    """Values of the right type that no model can satisfy are clamped to what there is."""
    bad = Look(
        text="the dog", step=99, unit=99, layer=9, direction=9, module="no.such", character=40, alone="q"
    )
    person = open_session(link, replace(bad, motion=False))
    person.settle()
    look = person.session.state.look
    assert (look.step, look.unit, look.layer, look.direction) == (1, 5, 0, 0)
    assert look.module == person.reading.model.modules[0].path
    assert len(person.page.matrix.heatmaps.names()) == 6
    person.window.grab()
    assert not person.content.trouble.isVisible()


def test_an_epoch_that_is_no_more_is_the_last(open_session, link):
    person = open_session(link, Look(epoch=7, motion=False))
    person.settle()
    assert person.reading.epoch == 300
    assert person.session.state.look.epoch == 300


def test_a_model_that_is_no_more_is_a_sentence(open_session, link):
    person = open_session(link, Look(model="gone", motion=False))
    person.wait(person.content.engine_notice.isVisible)
    assert "gone" in person.content.engine_notice.text
    assert not person.page.right.isVisible() and not person.page.badge.isVisible()
    assert person.page.matrix_or_empty.currentWidget() is person.page.empty
    person.picks_model("english")
    assert person.page.right.isVisible()
    assert person.words == ["The", "dog", "ate", "the", "apple"]
    assert not person.content.engine_notice.isVisible()


@pytest.mark.parametrize("choice", ["dark", "light", "system"])
def test_the_theme_comes_back(settings, choice):
    save_theme(settings, choice)
    assert load_theme(_reread(settings)) == choice


def test_a_theme_that_is_none_is_the_systems(settings):
    settings.setValue("theme", "purple")
    assert load_theme(settings) == "system"
    settings.setValue("geometry", "no bytes")
    assert load_bytes(settings, "geometry").isEmpty()
    settings.setValue("geometry", QByteArray(b"abc"))
    assert load_bytes(_reread(settings), "geometry") == QByteArray(b"abc")


def test_system_is_as_the_system_says():
    assert resolve("system", Qt.ColorScheme.Light) is LIGHT
    assert resolve("system", Qt.ColorScheme.Dark) is DARK
    assert resolve("system", Qt.ColorScheme.Unknown) is DARK
    assert resolve("light", Qt.ColorScheme.Dark) is LIGHT
    assert resolve("dark", Qt.ColorScheme.Light) is DARK


DAMAGED = {
    "deep": b"[General]\nlook=" + b"[" * 100_000 + b"\n",
    "deep object": b'[General]\ntraining="' + b'{\\"a\\":' * 100_000 + b'"\n',
    "cut off": b'[General]\nlook="{\\"text\\": "\n',
    "a variant": b"[General]\nlook=@Variant(\\0\\0)\n",
    "a list": b"[General]\nlook=a, b\n",
    "no ini": b"[General\n\xff\xfe\x00=\x00[",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_settings_are_kept_aside_and_all_is_as_at_the_first_start(application, tmp_path, name):
    path = tmp_path / "kept.ini"
    path.write_bytes(DAMAGED[name])
    settings = QSettings(str(path), QSettings.Format.IniFormat)
    assert load_look(settings) == Look() and load_training(settings) == TrainingLook()
    aside = keep_damaged_aside(settings)
    assert aside == tmp_path / "kept.ini.damaged" and aside.read_bytes() == DAMAGED[name]
    save_look(settings, Look(text="a new one"))
    again = _reread(settings)
    assert keep_damaged_aside(again) is None and load_look(again).text == "a new one"
