"""The URIs of subjects: ``preset:english`` is a shipped model, ``run:/path`` a run folder."""

from pathlib import Path

_PRESET, _RUN = "preset:", "run:"


def of_preset(name: str) -> str:
    """Return the URI of a preset."""
    return f"{_PRESET}{name}"


def of_run(path: Path) -> str:
    """Return the URI of a run folder."""
    return f"{_RUN}{path}"


def preset_name(uri: str) -> str | None:
    """Return the name of a preset from its URI; None for any other."""
    return uri.removeprefix(_PRESET) if uri.startswith(_PRESET) else None


def run_path(uri: str) -> Path | None:
    """Return the run folder of a URI; None for any other."""
    return Path(uri.removeprefix(_RUN)) if uri.startswith(_RUN) else None
