"""How the treebank of a run cuts text into words, as it lies in the run folder.

segmenter.safetensors   what was learnt
segmenter.json          its SHA-256: written last, with it the segmenter is there
"""

from pathlib import Path

import msgspec

from lstm_viz.runs import files

_DATA, _SIGNED = "segmenter.safetensors", "segmenter.json"
#: What is learnt takes less: 5 MB of weights at most, 1 MB of known words, and a header of 1 MB.
_MOST_BYTES = 8 << 20


class _Signature(msgspec.Struct):
    sha256: str


class SegmenterFileError(ValueError):
    """The segmenter of a run is there, but not what was written."""


def has_segmenter(run: Path) -> bool:
    """Return whether a segmenter was learnt for a run."""
    try:
        return (run / _SIGNED).is_file()
    except OSError:
        return False


def segmenter_version(run: Path) -> tuple[int, int, int] | None:
    """Return what is another for another segmenter; None where there is none."""
    try:
        status = (run / _SIGNED).stat()
    except (OSError, ValueError):
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def read_segmenter(run: Path) -> bytes:
    """Return the bytes that were written.

    Raises
    ------
    SegmenterFileError
        If they cannot be read, or are not those that were written.
    """
    try:
        signed = msgspec.json.decode((run / _SIGNED).read_bytes(), type=_Signature)
        with (run / _DATA).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError, RecursionError) as error:
        raise SegmenterFileError(str(error)) from error
    if len(data) > _MOST_BYTES or files.sha256(data) != signed.sha256:
        raise SegmenterFileError("its SHA-256 is not the one that it was written with")
    return data


def write_segmenter(run: Path, data: bytes) -> None:
    """Write what was learnt; raises OSError."""
    files.replace(run / _DATA, data)
    files.replace(run / _SIGNED, msgspec.json.encode(_Signature(files.sha256(data))))
