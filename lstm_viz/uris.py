"""The URIs of subjects: ``preset:english`` is a shipped model, ``run:/path`` a run folder.

A URI without a scheme is that of a preset.
"""

from pathlib import Path

_PRESET, _RUN = "preset:", "run:"


def of_run(path: Path) -> str:
    """Return the URI of a run folder."""
    return f"{_RUN}{path}"


def run_path(uri: str) -> Path | None:
    """Return the run folder of a URI; None for a preset."""
    return Path(uri.removeprefix(_RUN)) if uri.startswith(_RUN) else None


def preset_name(uri: str) -> str:
    """Return the name of a preset from its URI, with or without the scheme."""
    return uri.removeprefix(_PRESET)
