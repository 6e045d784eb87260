"""A word and its place in a text."""

from typing import NamedTuple


class Token(NamedTuple):
    """A word, and the surface that it has in the text: from ``start`` up to ``end``.

    ``text`` is what a tagger reads. That is the surface itself, but where a treebank writes a word otherwise:
    the words of a multiword token (French "du": "de", "le") share its surface.
    """

    text: str
    start: int
    end: int
