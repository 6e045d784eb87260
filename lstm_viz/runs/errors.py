"""Errors of run folders."""

from typing import Literal

Kind = Literal["missing", "damaged", "newer", "taken", "unwritable"]


class RunError(Exception):
    """A run folder cannot be read or written; the message is a sentence for the user.

    ``kind`` is the reason: the folder or a file is missing, damaged, of a newer version of the program, in
    use by another trainer ("taken"), or cannot be written.
    """

    def __init__(self, kind: Kind, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
