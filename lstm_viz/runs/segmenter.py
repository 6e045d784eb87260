"""The files of the segmenter that was trained on the treebank of a run.

segmenter.safetensors   its parameters
segmenter.json          their SHA-256: written last; the segmenter exists if this file does
"""

from pathlib import Path

import msgspec

from lstm_viz.files.checksums import seal_of, sealed, sha256
from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.files.errors import reason_of
from lstm_viz.files.folder import Folder

_DATA, _DIGEST = "segmenter.safetensors", "segmenter.json"
#: A segmenter takes less: at most 5 MB of weights, 1 MB of known words, and a header of 1 MB.
_MOST_BYTES = 8 << 20
_MOST_DIGEST_BYTES = 1 << 12


class _Digest(msgspec.Struct):
    sha256: str


class SegmenterFileError(ValueError):
    """The segmenter of a run is damaged or cannot be read."""


def has_segmenter(run: Path) -> bool:
    """Return whether a run has a segmenter."""
    return Folder(run).has(_DIGEST)


def segmenter_version(run: Path) -> tuple[int, int, int] | None:
    """Return a key that changes with the segmenter; None if there is none."""
    try:
        status = Folder(run).status(_DIGEST)
    except OSError:
        return None
    return None if status is None else (status.st_ino, status.st_size, status.st_mtime_ns)


def read_segmenter(run: Path) -> bytes:
    """Return the bytes of the segmenter.

    Raises
    ------
    SegmenterFileError
        If they cannot be read, or do not match their SHA-256.
    """
    folder = Folder(run)
    try:
        encoded = folder.read(_DIGEST, _MOST_DIGEST_BYTES)
        data = folder.read(_DATA, _MOST_BYTES)
        digest = decode_json(encoded, _Digest)
    except (OSError, DecodingError) as error:
        raise SegmenterFileError(reason_of(error)) from error
    if seal_of(encoded) == "damaged" or sha256(data) != digest.sha256:
        raise SegmenterFileError("its SHA-256 is not the one that it was written with")
    return data


def write_segmenter(run: Path, data: bytes) -> None:
    """Write the segmenter; raises OSError."""
    folder = Folder(run)
    folder.replace(_DATA, data)
    folder.replace(_DIGEST, sealed(msgspec.json.encode(_Digest(sha256(data)))))
