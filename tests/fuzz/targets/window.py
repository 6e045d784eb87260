"""What the window keeps of itself: the settings file, and the one that earlier versions wrote."""

import json
from pathlib import Path

import msgspec

from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.old_settings import from_ini
from lstm_viz.app.shell.settings import MAX_BYTES, DamagedError, WindowSettings, decode, encode
from lstm_viz.app.shell.stored_selection import load_selection, load_training_view, stored_selection
from tests.fuzz.mutators.json import mutate_json
from tests.fuzz.mutators.text import mutate_text
from tests.fuzz.target import Run, Target


def _settings(folder: Path) -> Run:
    """Return what reads a settings file: what was kept of it is kept when it is written again."""

    def run(data: bytes) -> None:
        _check(decode(data))

    return run


def _old_settings(folder: Path) -> Run:
    def run(data: bytes) -> None:
        _check(from_ini(data))

    return run


def _check(values: WindowSettings) -> None:
    written = encode(values)
    assert len(written) <= MAX_BYTES and encode(decode(written)) == written
    for load in (load_selection, load_training_view):
        selection = load(values.selection if load is load_selection else values.training)
        assert load(stored_selection(selection, {})) == selection


def _seeds() -> list[bytes]:
    selection, training = stored_selection(Selection(), {}), stored_selection(TrainingView(), {})
    values = WindowSettings(
        "dark", b"\0\1\xff" * 9, {"main": b"\0" * 5}, selection, training, {"later": [1, 2]}
    )
    return [encode(values), encode(WindowSettings())]


def _old_seeds() -> list[bytes]:
    selection = msgspec.json.encode(stored_selection(Selection(), {})).decode()
    lines = [
        "[General]",
        "theme=dark",
        r"geometry=@ByteArray(\x1\xd9\0\0\n\\)",
        f"look={json.dumps(selection)}",
    ]
    return ["\n".join([*lines, r"main=@Variant(\0\0\0\x1)", "[other]", "theme=light"]).encode()]


TARGETS = (
    Target(
        "settings",
        _settings,
        _seeds,
        mutate_json,
        (DamagedError,),
        ("lstm_viz.app.shell.settings", "lstm_viz.app.shell.stored_selection"),
        150,
    ),
    Target(
        "old-settings",
        _old_settings,
        _old_seeds,
        mutate_text,
        (),
        ("lstm_viz.app.shell.old_settings",),
        150,
    ),
)
