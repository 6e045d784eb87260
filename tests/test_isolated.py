"""What lies in the current folder is never imported, by the program nor by a process that it starts."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import msgspec
import numpy
import pytest

import lstm_viz
from lstm_viz import isolated
from lstm_viz.runs.segmenter import has_segmenter
from tests.engine.trained import TRAIN, write_corpus

_ROOT = Path(__file__).parent.parent
_MODULES = ("torch", "random", "re", "typing", "argparse", "msgspec", "filelock", "selectors", "signal")
_PACKAGES = ("numpy", "PySide6")
_OF_SITE = ("sitecustomize", "usercustomize")
_TRAP = "open({witness!r}, 'a').write({name!r} + '\\n')\nraise ImportError('the one of the current folder')\n"
_FACTS = """
import json, os, random, sys
import lstm_viz, numpy
said = dict(path=sys.path, package=lstm_viz.__file__, encoding=sys.stdout.encoding, argv=sys.argv,
            numpy=numpy.__file__, variables=[name for name in os.environ if name.startswith("PYTHON")])
print(json.dumps(said), chr(233))
"""


@pytest.fixture
def trapped(tmp_path):
    """Return a folder of modules that say that they were executed, and what returns those that were."""
    folder, witness = tmp_path / "trapped", tmp_path / "executed"
    for name in (*_MODULES, *_PACKAGES, *_OF_SITE):
        path = folder / name / "__init__.py" if name in _PACKAGES else folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_TRAP.format(witness=str(witness), name=name))
    return folder, lambda: witness.read_text().split() if witness.exists() else []


@pytest.fixture
def python(tmp_path):
    """Return the Python of a virtual environment of the test's own, which has what this one has."""
    venv.create(tmp_path / "venv", symlinks=sys.platform != "win32")
    (site,) = (tmp_path / "venv").glob("[lL]ib/**/site-packages")
    (site / "ours.pth").write_text(f"{Path(numpy.__file__).parent.parent}\n")
    return str(tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python")


def _run(command, folder, path, **variables):
    environment = {**os.environ, "HOME": str(folder.parent), "PYTHONPATH": path, **variables}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def _module(python, *arguments):
    return [python, "-m", "lstm_viz", *map(str, arguments)]


# ---------------------------------------------------------------- the program and what it starts


def test_a_page_is_drawn_by_an_engine(trapped, python, tmp_path):
    folder, executed = trapped
    command = _module(python, "grab", tmp_path / "out.png", "--size", "980x500")
    assert _run(command, folder, str(_ROOT)) == (0, "", "")
    assert executed() == []


def test_a_run_is_trained_and_its_segmenter_learnt(trapped, python, tmp_path):
    folder, executed = trapped
    corpus, run = write_corpus(tmp_path / "train.conllu", TRAIN), tmp_path / "run"
    command = _module(python, "train", corpus, "--epochs", 1, "--hidden", 3, "--quiet", "--out", run)
    assert _run(command, folder, str(_ROOT)) == (0, "", "")
    assert has_segmenter(run) and executed() == []


@pytest.mark.parametrize("entry", ["", ".", "../trapped"])
def test_an_entry_that_stands_for_the_current_folder_is_dropped(trapped, entry):
    """Python itself imports what customises it before any program begins."""
    folder, executed = trapped
    command = _module(sys.executable, "--version")
    status, said, errors = _run(command, folder, os.pathsep.join((entry, str(_ROOT))))
    assert (status, said) == (0, f"LSTM Viz {lstm_viz.__version__}\n"), errors
    assert set(executed()) <= set(_OF_SITE)


# ---------------------------------------------------------------- the command


def _facts(done):
    status, said, errors = done
    assert (status, errors) == (0, "")
    facts, end = said.rsplit(" ", 1)
    assert end == "é\n"
    return msgspec.json.decode(facts)


def test_a_process_has_our_package_and_nothing_of_the_variables(trapped):
    folder, executed = trapped
    command = isolated.command("-c", _FACTS, "a", "b")
    facts = _facts(_run(command, folder, str(folder), PYTHONIOENCODING="ascii", PYTHONHOME="/x", LC_ALL="C"))
    assert Path(facts["package"]) == Path(lstm_viz.__file__)
    assert (facts["encoding"], facts["argv"]) == ("utf-8", ["-c", "a", "b"])
    assert facts["numpy"] == numpy.__file__
    assert all(Path(entry).is_absolute() for entry in facts["path"]) and str(folder) not in facts["path"]
    assert executed() == []


def test_an_installation_of_another_place_is_not_taken_for_it(tmp_path):
    other = tmp_path / "lstm_viz"
    other.mkdir()
    (other / "__init__.py").write_text("raise ImportError('another')\n")
    assert Path(_facts(_run(isolated.command("-c", _FACTS), tmp_path, ""))["package"]).parent == (
        _ROOT / "lstm_viz"
    )


def test_the_variables_of_python_are_not_inherited(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/x")
    monkeypatch.setenv("PYTHONSTARTUP", "/x.py")
    monkeypatch.setenv("LSTM_VIZ_RUNS", "/runs")
    environment = isolated.environment(OMP_NUM_THREADS="1")
    assert not [name for name in environment if name.startswith("PYTHON")]
    assert (environment["LSTM_VIZ_RUNS"], environment["OMP_NUM_THREADS"]) == ("/runs", "1")


# ---------------------------------------------------------------- the import path


@pytest.fixture
def dropped(monkeypatch):
    """Return what drops the current folder from a path: ``dropped(folder, *entries)`` gives what is left."""

    def dropped_(folder, *entries):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "path", [str(entry) for entry in entries])
        isolated.drop_current_folder()
        left, _ = sys.path, monkeypatch.undo()
        return left

    return dropped_


def test_whatever_stands_for_the_current_folder_is_dropped(dropped, tmp_path):
    here, other = tmp_path / "here", tmp_path / "other"
    here.mkdir(), other.mkdir()
    (tmp_path / "link").symlink_to(here)
    entries = ("", ".", "sub", "../here", here, f"{here}/", tmp_path / "link", other)
    assert dropped(here, *entries) == [str(other)]


def test_an_installation_in_the_current_folder_stays(dropped, tmp_path):
    for folder in (_ROOT, Path(os.__file__).parent, Path(numpy.__file__).parent.parent):
        assert dropped(folder, folder, "/other") == [str(folder), "/other"]


@pytest.mark.skipif(sys.platform == "win32", reason="nobody deletes a folder there that somebody is in")
def test_a_current_folder_that_is_gone_is_dropped(dropped, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()

    class Removed(type(gone)):
        def __str__(self):
            gone.rmdir()
            return ""

    assert dropped(gone, Removed(), tmp_path) == [str(tmp_path)]
