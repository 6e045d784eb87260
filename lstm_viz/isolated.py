"""How Python is started and where it may import from: never from the current folder.

The folder in which somebody types ``lstm-viz`` may have a ``random.py`` or ``torch.py`` that is no part of
this program. Nothing but ``os``, ``sys`` and ``site`` is imported here: they are loaded before any program
begins, and anything else could come from that very folder.
"""

import os
import site
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # pathlib is not loaded yet
_BOOTSTRAP = os.path.join(_FOLDER, "bootstrap.py")  # noqa: PTH118


def command(*arguments: str, life_line: str = "none") -> list[str]:
    """Return the command that starts Python apart from the current folder and the ``PYTHON*`` variables.

    Parameters
    ----------
    arguments
        What follows ``python``: ``"-m", MODULE, …``, ``"-c", CODE, …`` or ``SCRIPT, …``. The package
        ``lstm_viz`` is the one that this process has imported, wherever from.
    life_line : {"none", "always", "until told"}
        Whether the process ends with the one that holds the other end of its standard input; see
        `lstm_viz.lifeline`.
    """
    return [sys.executable, *_flags(), _BOOTSTRAP, life_line, *arguments]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of such a process: ours without what Python itself would obey, and ``more``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | more


def drop_current_folder() -> None:
    """Take the current folder off the import path, unless this package or an installation is there."""
    sys.path[:] = [entry for entry in sys.path if not _is_current(entry)]


def _flags() -> list[str]:
    """Return ``-E -P`` and the settings of this interpreter that the variables may have made."""
    flags = ["-E", "-P", "-X", f"utf8={sys.flags.utf8_mode}"]  # file names are decoded as they are here
    if sys.flags.no_user_site:
        flags.append("-s")
    if sys.dont_write_bytecode:
        flags.append("-B")
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return flags


def _is_current(entry: str) -> bool:
    """Tell whether an entry is there because of the current folder, or would be another if that changed."""
    try:
        folder = os.path.realpath(entry)
        is_current = not os.path.isabs(entry) or folder == os.getcwd()  # noqa: PTH109, PTH117
        return is_current and not _is_installed(folder)
    except OSError:  # the current folder has been deleted
        return not os.path.isabs(entry)  # noqa: PTH117


def _is_installed(folder: str) -> bool:
    """Tell whether a folder is the one of this package, of the standard library or of installed packages."""
    installed = (os.path.dirname(_FOLDER), *site.getsitepackages(), site.getusersitepackages())  # noqa: PTH120
    library = os.path.dirname(os.path.realpath(os.__file__))  # noqa: PTH120
    return (folder + os.sep).startswith(library + os.sep) or folder in map(os.path.realpath, installed)
