"""What can be wrong with a run folder."""

from typing import Literal

Kind = Literal["missing", "damaged", "newer", "taken", "unwritable"]


class RunError(Exception):
    """A run folder cannot be read or written; the text is a sentence for a person.

    ``kind`` says how: the folder or a file is missing, damaged, of a newer version of the program, taken by
    another trainer, or cannot be written.
    """

    def __init__(self, kind: Kind, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
