"""The URIs of subjects: ``preset:english`` is a shipped model, ``run:/path`` a run, ``file:/path`` a file."""

from pathlib import Path

_PRESET, _RUN, _FILE = "preset:", "run:", "file:"


def of_preset(name: str) -> str:
    """Return the URI of a preset."""
    return f"{_PRESET}{name}"


def of_run(path: Path) -> str:
    """Return the URI of a run folder."""
    return f"{_RUN}{path}"


def of_file(path: Path) -> str:
    """Return the URI of a file that the user opened."""
    return f"{_FILE}{path}"


def preset_name(uri: str) -> str | None:
    """Return the name of a preset from its URI; None for any other."""
    return uri.removeprefix(_PRESET) if uri.startswith(_PRESET) else None


def run_path(uri: str) -> Path | None:
    """Return the run folder of a URI; None for any other."""
    return Path(uri.removeprefix(_RUN)) if uri.startswith(_RUN) else None


def file_path(uri: str) -> Path | None:
    """Return the file of a URI; None for any other."""
    return Path(uri.removeprefix(_FILE)) if uri.startswith(_FILE) else None
