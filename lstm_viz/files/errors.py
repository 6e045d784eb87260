"""Errors of opening files."""

import errno

_REASONS = {
    errno.ELOOP: "it is a link, and links in this folder are not followed",
    errno.EINVAL: "it is not a regular file",
    errno.EFBIG: "it is larger than it can be",
    errno.ENOENT: "it is not a valid file name",
}


class UnsafeFileError(OSError):
    """A file that is unsafe to open; ``strerror`` has the reason, in lower case.

    ``errno`` is ELOOP for a link, EINVAL for anything but a regular file, EFBIG for a file beyond its size
    limit, and ENOENT for an invalid file name.
    """

    def __init__(self, number: int, path: object) -> None:
        super().__init__(number, _REASONS[number], str(path))


def reason_of(error: Exception) -> str:
    """Return why a file cannot be read or written, for the end of a sentence."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
