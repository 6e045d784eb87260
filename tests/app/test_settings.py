"""What was selected comes back; what cannot be read is as at the first start, and no file runs code."""

import errno
import json
import os
import pickle
from dataclasses import asdict, replace
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt

from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.main import keep_settings
from lstm_viz.app.shell.old_settings import from_ini, load_old_settings
from lstm_viz.app.shell.settings import MAX_BYTES, SettingsStore, WindowSettings, decode, encode
from lstm_viz.app.shell.stored_selection import load_selection, load_training_view, stored_selection
from lstm_viz.app.shell.themes import resolve
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.runs.settings import SMALL
from lstm_viz.uris import of_run


@pytest.fixture
def store(tmp_path):
    return SettingsStore(tmp_path / "folder" / "settings.json")


def _reread(store):
    store.save()
    again = SettingsStore(store.path)
    assert not again.is_damaged
    return again.values


def _keep(store, selection):
    name = "selection" if isinstance(selection, Selection) else "training"
    store.change(**{name: stored_selection(selection, getattr(store.values, name))})


def test_what_was_selected_comes_back(store):
    selection = Selection(
        model="preset:english",
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
    _keep(store, replace(selection, caret=5))
    assert load_selection(_reread(store).selection) == selection


def test_members_of_the_file_keep_the_names_that_earlier_versions_wrote():
    compared = ComparedWith("a", "preset:b")
    selection = Selection(compared_with=compared, comparison_view="both", panel="decomposition")
    stored = stored_selection(selection, {})
    assert stored["beside"] == {"text": "a", "model": "preset:b", "epoch": None}
    assert (stored["pair"], stored["cuts"], stored["panel"]) == ("both", (), "memory")
    assert load_selection(stored) == selection
    training = TrainingView(tracked_sentence="a", external=("/x",), second_plot="rate")
    stored = stored_selection(training, {})
    assert (stored["probe"], stored["elsewhere"], stored["beside"]) == ("a", ("/x",), "rate")
    assert load_training_view(stored) == training
    assert {*stored}.isdisjoint(("tracked_sentence", "tracked_tokens", "external", "second_plot"))


@pytest.mark.parametrize("panel", ["x", 3, None, ["memory"]])
def test_an_invalid_panel_is_the_default_one(panel):
    assert load_selection({"panel": panel}) == Selection()


def test_what_was_selected_on_the_training_page_comes_back(store):
    training = TrainingView(
        page="training",
        compared=("/runs/ä",),
        external=("/x y/run", "/z"),
        tracked_sentence="“ёж” \\ 🦜",
        quantity="h",
        smoothing=0.5,
        log_loss=True,
        second_plot="norms",
        tags="confusion",
        next=msgspec.structs.replace(SMALL, corpus=("/a b.conllu", "/c"), dev="/d", learning_rate=1e-300),
        recent=(("/a b.conllu", "/c"), ("/e",)),
    )
    _keep(store, replace(training, pace=2.0))
    assert load_training_view(_reread(store).training) == training


def test_the_page_is_stored_as_earlier_versions_read_it():
    for page, stored in (
        ("sentence", {"shown": False}),
        ("training", {"shown": True}),
        ("another", {"shown": False, "page": "another"}),
    ):
        view = TrainingView(page=page)
        members = stored_selection(view, {"page": "earlier", "of_a_later_version": 1})
        kept = {name: members[name] for name in ("shown", "page") if name in members}
        assert kept == stored and members["of_a_later_version"] == 1
        assert load_training_view(members) == view


def test_garbage_of_the_training_page_is_as_at_the_first_start():
    stored = {"shown": 3, "smoothing": 1.5, "beside": "x", "zoom": [1], "layer": -1}
    assert load_training_view(stored) == TrainingView()


def test_settings_that_are_refused_now_are_the_tutorials():
    stored = {"shown": True, "next": {"corpus": ["small"], "hidden_size": 0}}
    assert load_training_view(stored) == TrainingView(page="training")


def test_what_is_selected_is_saved_before_the_window_is_closed(store, open_session, link, monkeypatch):
    monkeypatch.setattr("lstm_viz.app.shell.main._KEEP_MS", 1)
    person = open_session(link)
    person.settle()
    keep_settings(person.session, person.themes, store)
    person.wait(store.path.exists)  # after the start too: what was taken over is not taken over again
    person.session.state.change(unit=3)
    person.wait(
        lambda: load_selection(SettingsStore(store.path).values.selection) == person.session.state.selection
    )
    person.session.state.change_training(tracked_sentence="a dog")
    person.wait(
        lambda: load_training_view(SettingsStore(store.path).values.training) == person.session.state.training
    )
    person.themes.choose("light")
    person.window.close()
    values = SettingsStore(store.path).values
    assert values.theme == "light" and values.geometry and set(values.splitters) == {"columns", "rows"}


def test_at_the_first_start_there_is_the_tutorial(store):
    assert not store.is_damaged and store.values == WindowSettings()
    assert (
        load_selection(store.values.selection) == Selection()
        and load_training_view(store.values.training) == TrainingView()
    )


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
        ("epoch", -1),
        ("epoch", 10**30),
        ("beside", {"text": "a", "model": "b", "epoch": 10**30}),
        ("edits", [{"type": "nonsense"}]),
        ("before", ["a"] * 20_000),
        ("tag", "x" * 200_000),
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
def test_one_bad_value_spoils_no_other(name, value):
    stored = asdict(Selection(text="kept", model="preset:english")) | {name: value}
    selection = load_selection(decode(json.dumps({"look": stored}).encode()).selection)
    assert selection.model == "preset:english"
    assert selection == replace(
        Selection(text="kept", model="preset:english"),
        **({"text": Selection().text} if name == "text" else {}),
    )


def test_the_bare_names_of_earlier_versions_are_those_of_presets(tmp_path):
    run = of_run(tmp_path)
    old = {"model": "english-both", "beside": {"text": "a", "model": "tutorial", "epoch": 3}, "step": 2}
    new = Selection("preset:english-both", compared_with=ComparedWith("a", "preset:tutorial", 3), step=2)
    assert load_selection(old) == new == load_selection(stored_selection(new, {}))
    of_run_now = {"model": run, "beside": {"text": "a", "model": run}}
    assert load_selection(of_run_now) == Selection(run, compared_with=ComparedWith("a", run))
    assert load_selection({"model": 3, "beside": {"model": None}}) == Selection()


def test_an_invalid_selection_is_clamped(open_session, link):
    """Values of the right type that no model can satisfy are clamped to what there is."""
    bad = Selection(
        text="the dog", step=99, unit=99, layer=9, direction=9, module="no.such", character=40, alone="q"
    )
    person = open_session(link, replace(bad, motion=False))
    person.settle()
    selection = person.session.state.selection
    assert (selection.step, selection.unit, selection.layer, selection.direction) == (1, 5, 0, 0)
    assert selection.module == person.reading.model.modules[0].path
    assert len(person.page.matrix.heatmaps.names()) == 6
    person.window.grab()
    assert not person.content.error.isVisible()


def test_an_epoch_that_is_no_more_is_the_last(open_session, link):
    person = open_session(link, Selection(epoch=7, motion=False))
    person.settle()
    assert person.reading.epoch == 300
    assert person.session.state.selection.epoch == 300


def test_a_model_that_is_no_more_is_a_sentence(open_session, link):
    person = open_session(link, Selection(model="gone", motion=False))
    person.wait(person.content.engine_notice.isVisible)
    assert "gone" in person.content.engine_notice.text
    assert not person.page.right.isVisible() and not person.page.badge.isVisible()
    assert person.page.matrix_or_empty.currentWidget() is person.page.empty
    person.picks_model("preset:english")
    assert person.page.right.isVisible()
    assert person.words == ["The", "dog", "ate", "the", "apple"]
    assert not person.content.engine_notice.isVisible()


def test_the_members_that_fit_are_kept():
    values = decode(b'{"theme": "purple", "geometry": "no base64", "splitters": {"a": "YWJj"}, "look": 3}')
    assert values == WindowSettings(splitters={"a": b"abc"})
    values = decode(b'{"geometry": "YWJj", "training": {"shown": true}, "splitters": {"a": 1}}')
    assert values == WindowSettings(geometry=b"abc", training={"shown": True})


@pytest.mark.parametrize("choice", ["dark", "light", "system"])
def test_the_theme_comes_back(store, choice):
    store.change(theme=choice)
    assert _reread(store).theme == choice


def test_what_a_later_version_wrote_is_written_back(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"panes": [{"x": 1.5}], "look": {"text": "a", "colour": "red"}, "theme": "dark"}')
    store = SettingsStore(path)
    _keep(store, replace(load_selection(store.values.selection), unit=3))
    store.save()
    written = json.loads(path.read_bytes())
    assert written["panes"] == [{"x": 1.5}] and written["theme"] == "dark"
    assert (written["look"]["colour"], written["look"]["text"], written["look"]["unit"]) == ("red", "a", 3)


def test_what_is_too_long_is_left_out_and_the_rest_comes_back(store):
    _keep(store, Selection(text="\0" * 100_000, before=("ё" * 1000,) * 200, unit=3))
    _keep(store, TrainingView(external=("/x",), tracked_sentence="half a pair \ud800", smoothing=0.5))
    store.change(unknown={f"new{k}": "x" * 100_000 for k in range(9)} | {"small": 1})
    assert len(encode(store.values)) <= MAX_BYTES
    values = _reread(store)
    assert load_selection(values.selection) == Selection(unit=3)
    assert load_training_view(values.training) == TrainingView(external=("/x",), smoothing=0.5)
    assert values.unknown["small"] == 1


def test_system_is_as_the_system_says():
    assert resolve("system", Qt.ColorScheme.Light) is LIGHT
    assert resolve("system", Qt.ColorScheme.Dark) is DARK
    assert resolve("system", Qt.ColorScheme.Unknown) is DARK
    assert resolve("light", Qt.ColorScheme.Dark) is LIGHT
    assert resolve("dark", Qt.ColorScheme.Light) is DARK


# ---------------------------------------------------------------- a damaged file

DAMAGED = {
    "empty": b"",
    "deep": b"[" * 100_000,
    "deep object": b'{"look": ' + b'{"a":' * 100_000,
    "cut off": b'{"look": {"text": "',
    "no UTF-8": b'{"look": {"text": "\xff"}}',
    "a list": b"[1, 2]",
    "null": b"null",
    "too large": b'{"a": "' + b"x" * MAX_BYTES + b'"}',
    "an INI": b"[General]\nlook=@Variant(\\0\\0)\n",
    "a number out of range": b'{"theme": 1e400}',
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_kept_aside_and_all_is_as_at_the_first_start(tmp_path, name):
    path = tmp_path / "settings.json"
    path.write_bytes(DAMAGED[name])
    store = SettingsStore(path, old=lambda: WindowSettings(theme="dark"))
    assert store.is_damaged and store.values == WindowSettings()
    store.save()
    assert path.read_bytes() == DAMAGED[name]  # not written over before it is kept
    aside = store.rename_damaged()
    assert aside == tmp_path / "settings.json.damaged" and aside.read_bytes() == DAMAGED[name]
    store.change(theme="light")
    assert _reread(store).theme == "light"


def _named_pipe(path):
    os.mkfifo(path)


def _unreadable(path):
    path.write_text("{}")
    path.chmod(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize(
    "make",
    [
        Path.mkdir,
        _named_pipe,
        _unreadable,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/dev"),
        lambda path: path.symlink_to(path),
    ],
    ids=["folder", "pipe", "unreadable", "endless", "link to a folder", "loop"],
)
def test_what_is_no_file_is_kept_aside_and_never_waited_for(tmp_path, make, monkeypatch):
    path = tmp_path / "settings.json"
    make(path)
    if make is _unreadable and os.access(path, os.R_OK):  # an administrator may read all files
        monkeypatch.setattr(os, "open", _refuse(PermissionError(errno.EACCES, "no"), os.open, path))
    store = SettingsStore(path)
    monkeypatch.undo()
    assert store.is_damaged and store.values == WindowSettings()
    store.rename_damaged()
    assert not os.path.lexists(path) and os.path.lexists(f"{path}.damaged")
    assert Path("/dev/zero").exists()
    store.save()
    assert path.is_file() and not SettingsStore(path).is_damaged


def _refuse(error, real, path):
    def refuse(given, *args, **more):
        if Path(given) == path:
            raise error
        return real(given, *args, **more)

    return refuse


def test_a_damaged_file_that_cannot_be_renamed_is_not_written_over(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text("{")
    (tmp_path / "settings.json.damaged" / "a folder").mkdir(parents=True)
    store = SettingsStore(path)
    with pytest.raises(OSError, match=r"settings\.json"):
        store.rename_damaged()
    store.save()
    assert path.read_text() == "{"


# ---------------------------------------------------------------- where it is written


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("content", ['{"theme": "dark"}', "{", None], ids=["whole", "damaged", "missing"])
def test_a_link_stays_and_its_target_is_replaced(tmp_path, content):
    path, target = tmp_path / "settings.json", tmp_path / "dotfiles" / "lstm.json"
    target.parent.mkdir()
    path.symlink_to(target)
    if content is not None:
        target.write_text(content)
    store = SettingsStore(path)
    if store.is_damaged:
        assert store.rename_damaged().read_text() == content
    store.change(theme="light")
    store.save()
    assert path.is_symlink() and json.loads(target.read_text())["theme"] == "light"


@pytest.mark.parametrize("where", ["a full disk", "no folder"])
def test_a_failure_to_save_settings_is_reported_once(tmp_path, open_session, link, monkeypatch, where):
    monkeypatch.setattr("lstm_viz.app.shell.main._KEEP_MS", 1)
    tries = []
    if where == "a full disk":
        error = OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(
            "lstm_viz.app.shell.settings.replace_named", lambda *_, **__: tries.append(1) or _raise(error)
        )
    else:
        (tmp_path / "folder").write_text("a file")
    store = SettingsStore(tmp_path / "folder" / "settings.json")
    person = open_session(link)
    notice = person.content.notice
    person.settle()
    keep_settings(person.session, person.themes, store)
    person.wait(lambda: "could not be saved" in notice.text)
    assert "settings.json" in notice.text
    notice.close_button.click()
    person.session.state.change(unit=3)
    person.wait(lambda: store.values.selection["unit"] == 3)
    person.window.close()
    assert notice.text == "" and not person.content.error.isVisible()
    assert where == "no folder" or len(tries) == 3  # it is tried again, after each change and on closing


def _raise(error):
    raise error


# ---------------------------------------------------------------- the file of earlier versions


class _RunsCode:
    def __reduce__(self):
        return (os.mkdir, ("code was run",))


INI = r"""[General]
columns=@ByteArray(abc)
geometry="@ByteArray(abc\0\x1\x31\xff\xe9,;)=\"\\ 1)"
look="{\"text\":\"“ёж” \\\\ \\\"x\\\"; = ,\\n🦜\x61\"}"
theme=dark
training={}

[Other]
theme=light
""".encode()


def test_the_file_of_an_earlier_version_is_taken_over():
    values = from_ini(INI)
    assert load_selection(values.selection) == Selection(text='“ёж” \\ "x"; = ,\n🦜a')
    assert values.theme == "dark" and values.splitters == {"columns": b"abc"}
    assert values.geometry == b'abc\0\x011\xff\xe9,;)="\\ 1'


def test_serialized_objects_are_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "".join(f"\\x{byte:x}" for byte in pickle.dumps(_RunsCode()))
    lines = [
        f"theme=@Variant({code})",
        f"geometry=@Variant({code})",
        "look=@DateTime(1)",
        "training=a, b",
        "rows=@@x",
    ]
    assert from_ini("\n".join(["[General]", *lines]).encode()) == WindowSettings()
    assert not (tmp_path / "code was run").exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\0=\0[",
        b"[General\nlook",
        b"[General]\nlook=" + b"[" * 100_000,
        b'[General]\nlook="{\\"a\\":' + b"[" * 500 + b"]" * 500 + b'}"',
        b"[General]\ntheme=\\xd800\nlook=\\\n=\n",
        b"x" * (MAX_BYTES + 1),
    ],
)
def test_a_damaged_file_of_an_earlier_version_is_left_alone(tmp_path, monkeypatch, data):
    monkeypatch.setattr("lstm_viz.app.shell.old_settings._path", lambda: tmp_path / "old.ini")
    (tmp_path / "old.ini").write_bytes(data)
    assert load_old_settings() == WindowSettings()
    assert (tmp_path / "old.ini").read_bytes() == data


def test_it_is_read_once(tmp_path, monkeypatch):
    monkeypatch.setattr("lstm_viz.app.shell.old_settings._path", lambda: tmp_path / "old.ini")
    (tmp_path / "old.ini").write_bytes(INI)
    store = SettingsStore(tmp_path / "settings.json", load_old_settings)
    assert store.values.theme == "dark"
    store.change(theme="light")
    store.save()
    assert SettingsStore(tmp_path / "settings.json", load_old_settings).values.theme == "light"
    assert (tmp_path / "old.ini").read_bytes() == INI
