"""A word and its span in a text."""

from typing import NamedTuple


class Token(NamedTuple):
    """A word and its surface in the text, from ``start`` up to ``end``.

    ``text`` is the input of a tagger. It is the surface itself, unless the treebank has another form: the
    words of a multiword token (French "du": "de", "le") share its surface.
    """

    text: str
    start: int
    end: int
