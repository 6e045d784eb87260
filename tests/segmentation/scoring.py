"""How well texts are cut, for tests: F1 of tokens, words and multiword tokens.

Words are compared as in the CoNLL 2018 shared task (https://universaldependencies.org/conll18/evaluation.html):
by their span, and where either side has a multiword token, by the longest common subsequence of their
lower-cased forms. Unlike there, a typographic quotation mark is the same as what is typed for it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lstm_viz.segmentation.characters import QUOTES
from lstm_viz.text.token import Token

_Span = tuple[int, int]
_Surface = dict[_Span, list[str]]


@dataclass(frozen=True, slots=True)
class Scores:
    """How well texts are cut, each from 0 to 1.

    Attributes
    ----------
    tokens : float
        F1 of the spans of surface tokens.
    words : float
        F1 of syntactic words.
    whole : float
        Share of the texts whose words are all right.
    multiwords : float
        F1 of the multiword tokens whose span and words are all right.
    """

    tokens: float
    words: float
    whole: float
    multiwords: float


class _F1:
    """Counts of what is right, there, and found."""

    def __init__(self) -> None:
        self.right = self.all = 0

    def add(self, right: int, there: int, found: int) -> None:
        self.right += right
        self.all += there + found

    @property
    def value(self) -> float:
        return 2 * self.right / self.all if self.all else 1.0


def score(cut: Callable[[str], Iterable[Token]], examples: Iterable[tuple[str, Sequence[Token]]]) -> Scores:
    """Return how well ``cut`` does on texts whose words are known."""
    tokens, words, multiwords = _F1(), _F1(), _F1()
    texts = whole = 0
    for text, gold in examples:
        found = tuple(cut(text))
        there, here = _surface(gold), _surface(found)
        right = _words_right(there, here)
        tokens.add(len(there.keys() & here.keys()), len(there), len(here))
        words.add(right, len(gold), len(found))
        several, others = _several(there), _several(here)
        multiwords.add(sum(others.get(span) == of for span, of in several.items()), len(several), len(others))
        texts += 1
        whole += right == len(gold) == len(found)
    return Scores(tokens.value, words.value, whole / max(1, texts), multiwords.value)


def _surface(tokens: Iterable[Token]) -> _Surface:
    """Return the lower-cased words of each surface token, by its span."""
    surface: _Surface = {}
    for token in tokens:
        surface.setdefault((token.start, token.end), []).append(token.text.lower().translate(QUOTES))
    return surface


def _several(surface: _Surface) -> _Surface:
    return {span: words for span, words in surface.items() if len(words) > 1}


def _words_right(there: _Surface, here: _Surface) -> int:
    regions = _regions(there, here)
    right = sum(1 for span in there.keys() & here.keys() if not _within(span, regions))
    for region in regions:
        words, others = (
            [word for span in sorted(surface) if _within(span, [region]) for word in surface[span]]
            for surface in (there, here)
        )
        right += _longest_common(words, others)
    return right


def _regions(there: _Surface, here: _Surface) -> list[_Span]:
    """Return the spans that hold multiword tokens of either side and end where tokens of both do."""
    regions: list[_Span] = []
    for start, end in sorted({*_several(there), *_several(here)}):
        grown = _grown((start, end), (*there, *here))
        if regions and grown[0] < regions[-1][1]:
            grown = _grown((regions[-1][0], max(regions.pop()[1], grown[1])), (*there, *here))
        regions.append(grown)
    return regions


def _grown(region: _Span, spans: Sequence[_Span]) -> _Span:
    while True:
        touching = [span for span in spans if span[0] < region[1] and span[1] > region[0]]
        grown = min(start for start, _ in touching), max(end for _, end in touching)
        if grown == region:
            return region
        region = grown


def _within(span: _Span, regions: Iterable[_Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in regions)


def _longest_common(words: Sequence[str], others: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    best = [0] * (len(others) + 1)
    for word in words:
        before = 0
        for place, other in enumerate(others, 1):
            before, best[place] = (
                best[place],
                before + 1 if word == other else max(best[place], best[place - 1]),
            )
    return best[-1]
