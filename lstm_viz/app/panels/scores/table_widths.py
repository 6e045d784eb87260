"""The widths of the columns of the table of scores."""

from dataclasses import dataclass

#: The width of the column of the tag's score, and of other numbers under short names.
SCORE_WIDTH = 59
_NARROWEST, _WIDEST = 50, 132
_LEAST_WORD, _LEAST_TAG = 50, 36
_TAG_SHARE = 0.45  # of the room, at most
_MARGIN = 6


@dataclass(frozen=True, slots=True)
class TableWidths:
    """The widths of word, tag, and the numbers of each tag; ``all_fit`` is whether none is scrolled."""

    word: int = _LEAST_WORD
    tag: int = _LEAST_TAG
    number: int = SCORE_WIDTH
    all_fit: bool = True

    @classmethod
    def fit(cls, room: int, word: int, label: float, tags: int) -> "TableWidths":
        """Return the widths in ``room`` pixels: words take what is left of it.

        Where columns are scrolled, one beside those of word, tag and score stays visible if there is room.
        ``word`` is the width that the longest word needs, ``label`` that of the longest tag.
        """
        most = min(int(room * _TAG_SHARE), room - _LEAST_WORD - SCORE_WIDTH)
        tag = max(min(round(label) + _MARGIN, most), _LEAST_TAG)
        wanted = min(max(round(label) + _MARGIN, SCORE_WIDTH), _WIDEST)
        left = room - _LEAST_WORD - tag
        all_fit = left >= _NARROWEST * tags
        number = min(left // max(1, tags), SCORE_WIDTH) if all_fit else wanted
        beside = left - SCORE_WIDTH
        free = left - number * tags if all_fit else beside - number if beside >= number else beside
        return cls(_LEAST_WORD + max(0, min(word - _LEAST_WORD, free)), tag, number, all_fit)
