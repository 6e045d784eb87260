"""Errors of subjects."""

from typing import Literal


class SubjectError(Exception):
    """A subject cannot be loaded, or cannot be asked for this; the message is a sentence for the user.

    ``kind`` is the reason: it is missing, its files are damaged, or it does not have the capability
    ("unsupported").
    """

    def __init__(self, kind: Literal["missing", "damaged", "unsupported"], sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
