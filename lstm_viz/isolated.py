"""Command lines and environments of child Pythons, isolated from the current folder and ``PYTHON*``.

The folder in which ``lstm-viz`` is typed may have a ``random.py`` or ``torch.py`` that is no part of this
program. Only ``os``, ``sys`` and ``site`` are imported here: Python has loaded them at startup, and any other
module could come from that folder.
"""

import os
import site
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # pathlib is not loaded yet
_BOOTSTRAP = os.path.join(_FOLDER, "bootstrap.py")  # noqa: PTH118


def command(*arguments: str, life_line: str = "none") -> list[str]:
    """Return a command line that runs Python isolated from the current folder and ``PYTHON*`` variables.

    Parameters
    ----------
    arguments
        As after ``python``: ``"-m", MODULE, …``, ``"-c", CODE, …`` or ``SCRIPT, …``. The package
        ``lstm_viz`` is the one that this process has imported.
    life_line : {"none", "always", "until input"}
        Whether the child ends with the process that holds the other end of its standard input; see
        `lstm_viz.lifeline`.
    """
    return [sys.executable, *_flags(), _BOOTSTRAP, life_line, *arguments]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a child: that of this process without ``PYTHON*`` variables, and ``more``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | more


def drop_current_folder() -> None:
    """Remove the current folder from the import path, unless this package or an installation is in it."""
    sys.path[:] = [entry for entry in sys.path if not _is_current(entry)]


def _flags() -> list[str]:
    """Return ``-E -P`` and the flags of this interpreter that ``PYTHON*`` variables may have set."""
    flags = ["-E", "-P", "-X", f"utf8={sys.flags.utf8_mode}"]  # file names are decoded as they are here
    if sys.flags.no_user_site:
        flags.append("-s")
    if sys.dont_write_bytecode:
        flags.append("-B")
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return flags


def _is_current(entry: str) -> bool:
    """Return whether an entry is the current folder or relative to it."""
    try:
        folder = os.path.realpath(entry)
        is_current = not os.path.isabs(entry) or folder == os.getcwd()  # noqa: PTH109, PTH117
        return is_current and not _is_installed(folder)
    except OSError:  # the current folder has been deleted
        return not os.path.isabs(entry)  # noqa: PTH117


def _is_installed(folder: str) -> bool:
    """Return whether a folder holds this package, the standard library or installed packages."""
    installed = (os.path.dirname(_FOLDER), *site.getsitepackages(), site.getusersitepackages())  # noqa: PTH120
    library = os.path.dirname(os.path.realpath(os.__file__))  # noqa: PTH120
    return (folder + os.sep).startswith(library + os.sep) or folder in map(os.path.realpath, installed)
