"""Which lines of some modules were reached: a function is traced until all of its lines were."""

import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from types import CodeType, FrameType
from typing import Any


class Lines:
    """Counts new lines while it is entered; tracing costs most where there is much to find."""

    def __init__(self, modules: Iterable[str]) -> None:
        self._files = frozenset(file for module in modules for file in _files(module))
        self._left: dict[CodeType, set[int]] = {}
        self.reached: set[tuple[str, int]] = set()
        self.new: list[tuple[str, int]] = []

    def __enter__(self) -> "Lines":
        self.new = []
        sys.settrace(self._call)
        return self

    def __exit__(self, *error: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if code.co_filename not in self._files:
            return None
        left = self._left.get(code)
        if left is None:
            left = self._left[code] = {line for _, _, line in code.co_lines() if line}
            self._take(code, code.co_firstlineno)
        return self._line if left else None

    def _line(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self._take(frame.f_code, frame.f_lineno)
        return self._line

    def _take(self, code: CodeType, line: int) -> None:
        left = self._left[code]
        if line in left:
            left.discard(line)
            self.reached.add((code.co_filename, line))
            self.new.append((code.co_filename, line))


def _files(module: str) -> Iterable[str]:
    """Yield the files of a module; of a package, those of all of its modules."""
    found = importlib.util.find_spec(module)
    assert found is not None and found.origin is not None, module
    yield found.origin
    for below in pkgutil.iter_modules(found.submodule_search_locations or ()):
        yield from _files(f"{module}.{below.name}")
