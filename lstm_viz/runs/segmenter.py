"""How the treebank of a run cuts text into words, as it lies in the run folder.

segmenter.safetensors   what was learnt
segmenter.json          its SHA-256: written last, with it the segmenter is there
"""

from pathlib import Path

import msgspec

from lstm_viz.files.checksums import seal_of, sealed, sha256
from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.files.errors import reason_of
from lstm_viz.files.folder import Folder

_DATA, _SIGNED = "segmenter.safetensors", "segmenter.json"
#: What is learnt takes less: 5 MB of weights at most, 1 MB of known words, and a header of 1 MB.
_MOST_BYTES = 8 << 20
_MOST_SIGNED_BYTES = 1 << 12


class _Signature(msgspec.Struct):
    sha256: str


class SegmenterFileError(ValueError):
    """The segmenter of a run is there, but not what was written."""


def has_segmenter(run: Path) -> bool:
    """Return whether a segmenter was learnt for a run."""
    return Folder(run).has(_SIGNED)


def segmenter_version(run: Path) -> tuple[int, int, int] | None:
    """Return what is another for another segmenter; None where there is none."""
    try:
        status = Folder(run).status(_SIGNED)
    except OSError:
        return None
    return None if status is None else (status.st_ino, status.st_size, status.st_mtime_ns)


def read_segmenter(run: Path) -> bytes:
    """Return the bytes that were written.

    Raises
    ------
    SegmenterFileError
        If they cannot be read, or are not those that were written.
    """
    folder = Folder(run)
    try:
        signed = folder.read(_SIGNED, _MOST_SIGNED_BYTES)
        data = folder.read(_DATA, _MOST_BYTES)
        signature = decode_json(signed, _Signature)
    except (OSError, DecodingError) as error:
        raise SegmenterFileError(reason_of(error)) from error
    if seal_of(signed) == "damaged" or sha256(data) != signature.sha256:
        raise SegmenterFileError("its SHA-256 is not the one that it was written with")
    return data


def write_segmenter(run: Path, data: bytes) -> None:
    """Write what was learnt; raises OSError."""
    folder = Folder(run)
    folder.replace(_DATA, data)
    folder.replace(_SIGNED, sealed(msgspec.json.encode(_Signature(sha256(data)))))
