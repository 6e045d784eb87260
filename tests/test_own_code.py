"""``lstm-viz open module:function`` runs a user's code once they said so, and nothing else does."""

import sys

import pytest

from lstm_viz import commands, live, own_code

_CODE = """
from pathlib import Path
Path({mark!r}).write_text("ran")
def make():
    return {{"model": "a model", "inputs": {value}}}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a folder with a module, where the command is typed, and what is shown of it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    write(tmp_path, 1)
    yield tmp_path
    sys.modules.pop("own_model_of_a_test", None)


def write(folder, value):
    sys.modules.pop("own_model_of_a_test", None)
    source = _CODE.format(mark=str(folder / "mark"), value=value)
    (folder / "own_model_of_a_test.py").write_text(source)


@pytest.fixture
def shown(monkeypatch):
    found = []
    monkeypatch.setattr(live, "show", lambda **how: found.append(how))
    return found


def _opens(answers, text="own_model_of_a_test:make"):
    asked = []

    def ask(question):
        asked.append(question)
        return answers.pop(0)

    return own_code.run(own_code.own_code(text), ask), asked


def test_code_is_asked_about_once_for_each_content(project, shown):
    status, asked = _opens([False])
    assert status == 1 and not (project / "mark").exists() and not shown
    assert str(project / "own_model_of_a_test.py") in asked[0]
    assert _opens([True])[0] == 0 and (project / "mark").exists()
    assert _opens([]) == (0, [])
    assert shown == [{"model": "a model", "inputs": 1, "block": True}] * 2
    write(project, 22)
    assert len(_opens([True])[1]) == 1 and shown[-1]["inputs"] == 22


def test_the_name_of_a_folder_cannot_hide_what_is_asked(project, shown):
    folder = project / "\x1b[2K\rharmless"
    folder.mkdir()
    (folder / "own.py").write_text("def make():\n    raise AssertionError\n")
    asked = []
    text = f"{folder.name}/own.py:make"
    assert own_code.run(own_code.own_code(text), lambda question: asked.append(question) or False) == 1
    assert "\x1b" not in asked[0] and "\r" not in asked[0] and "harmless/own.py" in asked[0]


@pytest.mark.parametrize("text", ["own_model_of_a_test.py:make", "sub/../own_model_of_a_test.py:make"])
def test_a_file_can_be_named_by_its_path(project, shown, text):
    (project / "sub").mkdir()
    assert _opens([True], text)[0] == 0 and len(shown) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("missing:make", "no file"),
        ("own_model_of_a_test:none", "no function none"),
        ("json:dumps", "no file"),
        ("x" * 3000 + ":make", "no file"),
    ],
)
def test_what_is_not_there_is_said(project, shown, text, why):
    with pytest.raises(own_code.OwnCodeError, match=why):
        _opens([True], text)


def test_nothing_is_run_without_a_terminal_or_without_the_command(project, shown, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", open("/dev/null"))  # noqa: PTH123, SIM115
    assert commands.run(["open", "own_model_of_a_test:make"]) == 1
    assert "no terminal" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        commands.run(["own_model_of_a_test:make"])
    assert not (project / "mark").exists() and not shown
