"""Errors of opening files."""

import errno

from lstm_viz.errors import CodedText, ErrorCode, coded

_CODES: dict[int, ErrorCode] = {
    errno.ELOOP: "file_is_link",
    errno.EINVAL: "file_not_regular",
    errno.EFBIG: "file_too_large",
    errno.ENOENT: "file_name_invalid",
}


class UnsafeFileError(OSError):
    """A file that is unsafe to open; ``strerror`` has the reason, in lower case.

    ``errno`` is ELOOP for a link, EINVAL for anything but a regular file, EFBIG for a file beyond its size
    limit, and ENOENT for an invalid file name.

    Attributes
    ----------
    reason : CodedText
    """

    def __init__(self, number: int, path: object) -> None:
        self.reason = coded(_CODES[number])
        super().__init__(number, str(self.reason), str(path))


def reason_of(error: Exception) -> str | CodedText:
    """Return why a file cannot be read or written, for the end of a sentence."""
    for one in (error, error.__cause__):  # msgspec raises its own error from one of a `__post_init__`
        reason = getattr(one, "reason", None)
        if isinstance(reason, CodedText):
            return reason
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
