"""Entry point of every child process: ``python -E -P bootstrap.py LIFE_LINE (-m MODULE|-c CODE|SCRIPT) …``.

Python's own ``-m`` looks for the package on the import path, where the parent process may have had it by its
current folder or by ``PYTHONPATH``. Here it is the package that contains this file, and nothing is added to
the path.
"""

import importlib.util
import io
import os
import runpy
import sys

_PACKAGE = "lstm_viz"


def main() -> None:
    """Set up the process and run the given module, code or script as Python would."""
    life_line, *program = sys.argv[1:]
    _import_package()
    _use_utf8()
    from lstm_viz import isolated, lifeline

    isolated.drop_current_folder()  # a .pth file of an installation may have added it
    lifeline.watch(life_line)  # before any slow import
    _run_program(*program)


def _run_program(how: str, *rest: str) -> None:
    if how == "-m":
        sys.argv = list(rest)
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif how == "-c":
        sys.argv = [how, *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = [how, *rest]
        runpy.run_path(how, run_name="__main__")


def _import_package() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    start = os.path.join(folder, "__init__.py")  # noqa: PTH118
    spec = importlib.util.spec_from_file_location(_PACKAGE, start, submodule_search_locations=[folder])
    assert spec is not None
    assert spec.loader is not None
    package = sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)


def _use_utf8() -> None:
    """Set the standard streams to UTF-8: the parent process decodes them as UTF-8 in any locale."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
