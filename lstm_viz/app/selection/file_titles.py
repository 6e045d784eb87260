"""The titles of files in lists."""

from collections.abc import Sequence
from pathlib import Path


def file_titles(paths: Sequence[Path]) -> list[str]:
    """Return the names of files; where two have the same name, with those of their folders."""
    names = [path.name for path in paths]
    return [f"{path.parent.name}/{path.name}" if names.count(path.name) > 1 else path.name for path in paths]
