"""``lstm-viz open module:factory``: shows the model that a user's own code makes.

This process runs the code and is the engine; the window is a process of its own, as with `lstm_viz.show`. The
user is asked once for each file and content, in the terminal: neither a double click nor the list of recent
files runs code.
"""

import hashlib
import importlib
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from platformdirs import user_config_path

from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.files.named import read_named, replace_named

_SPECIFICATION = re.compile(r"(?P<module>[^:]+):(?P<factory>[^\W\d]\w*)")
_MAX_SOURCE, _MAX_ANSWERS = 16 << 20, 1 << 20
_Answers = dict[str, Annotated[str, msgspec.Meta(max_length=64)]]


class OwnCodeError(Exception):
    """A user's code cannot be run; the message is why."""


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A function in a file of Python code.

    Attributes
    ----------
    path : Path
    folder : Path
        Where its imports begin.
    module, factory : str
    """

    path: Path
    folder: Path
    module: str
    factory: str


def is_specification(text: str) -> bool:
    """Return whether a text may name a function: ``package.module:function`` or ``file.py:function``."""
    return bool(_SPECIFICATION.fullmatch(text))


def own_code(text: str) -> OwnCode:
    """Return the code that a text names, below the current folder; raises `OwnCodeError` if there is none.

    Nothing is imported: that would run code.
    """
    match = _SPECIFICATION.fullmatch(text)
    assert match is not None
    module, factory = match["module"], match["factory"]
    if module.endswith(".py"):
        path = Path(module).absolute()
        candidates = [OwnCode(path, path.parent, path.stem, factory)]
    else:
        folder, place = Path.cwd(), Path(*module.split("."))
        files = (folder / place.with_suffix(".py"), folder / place / "__init__.py")
        candidates = [OwnCode(path, folder, module, factory) for path in files]
    there = (code for code in candidates if os.path.isfile(code.path))  # noqa: PTH113  # it never raises
    found = next(there, None)
    if found is None:
        raise OwnCodeError(f"There is no file {_printable(candidates[0].path)}.")
    return found


def run(code: OwnCode, ask: Callable[[str], bool]) -> int:
    """Run a user's code, unless they do not want it, and show what it returns; return the exit status.

    The function returns the arguments of `lstm_viz.show`: a dict, a tuple, or the model alone.

    Raises
    ------
    OwnCodeError
        If it cannot be read or imported, or has no such function.
    Exception
        What the code raises.
    """
    if not _is_wanted(code, ask):
        return 1
    sys.path.insert(0, str(code.folder))
    module = importlib.import_module(code.module)
    if not _is_from(module, code.path):
        raise OwnCodeError(f"Another module has the name {code.module}: rename {code.path}.")
    factory = getattr(module, code.factory, None)
    if not callable(factory):
        raise OwnCodeError(f"{code.path} has no function {code.factory}.")
    _show(factory())
    return 0


def _show(found: Any) -> None:
    from lstm_viz.live import show

    if isinstance(found, dict):
        show(**found, block=True)
    else:
        show(*(found if isinstance(found, tuple) else (found,)), block=True)


def _is_from(module: Any, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve() == path.resolve()


def _is_wanted(code: OwnCode, ask: Callable[[str], bool]) -> bool:
    """Return whether the user wants a file to be run, as it is; an answer is remembered."""
    path = str(code.path.resolve())
    try:
        digest = hashlib.sha256(read_named(code.path, _MAX_SOURCE)).hexdigest()
    except OSError as error:
        raise OwnCodeError(f"{code.path} cannot be read: {error.strerror or error}.") from error
    answers = _answers()
    if answers.get(path) == digest:
        return True
    if not ask(f"This runs the Python code in\n  {_printable(path)}\nas python would. Run it?"):
        return False
    _remember({**answers, path: digest})
    return True


def _printable(path: object) -> str:
    """Return a path without control characters: a folder's name could hide in a terminal what is asked."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(path))


def _answers() -> _Answers:
    try:
        return decode_json(read_named(_answers_path(), _MAX_ANSWERS), _Answers)
    except (OSError, DecodingError):
        return {}


def _remember(answers: _Answers) -> None:
    """Write the answers; where that is not possible, the user is asked again."""
    try:
        _answers_path().parent.mkdir(parents=True, exist_ok=True)
        replace_named(_answers_path(), msgspec.json.encode(answers))
    except OSError as error:
        print(f"The answer cannot be kept: {error.strerror or error}.", file=sys.stderr)


def _answers_path() -> Path:
    return user_config_path("lstm-viz", appauthor=False) / "trusted-code.json"
