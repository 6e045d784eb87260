"""What of an answer can be drawn: which of its numbers are about what is looked at, and which are old."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import get_args

import numpy as np

from lstm_viz.app.sentence.numerals import nice
from lstm_viz.app.sentence.targets import any_resolved, is_same_log_softmax, resolved
from lstm_viz.app.state import Attribution, State
from lstm_viz.messages import Floats, Owed, Target

WAYS: tuple[Attribution, ...] = get_args(Attribution)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What the words gave by one way, (T,), to the word ``step``.

    ``fresh`` says that it is about what is looked at; else it is drawn pale and without its numbers. Fresh
    and None is what is not computed at all. Values smaller than ``resolution`` are below that of float32.
    """

    values: Floats | None = None
    fresh: bool = False
    step: int = 0
    resolution: float = 0.0

    @property
    def resolved(self) -> Floats | None:
        """The values, 0 for those below float32 resolution: what is drawn."""
        return None if self.values is None else resolved(self.values, self.resolution)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is drawn.

    Attributes
    ----------
    words : tuple of str
        Of the sentence in front.
    step : int
        The word that is looked at.
    own, tag, target : str
        The tag that the word has, the one that is asked about, and which number of it.
    tagset : tuple of str
        All tags that there are.
    owed : Owed or None
        The newest answer, if it is about them.
    columns : mapping of str to Column
        By the names of `WAYS`.
    """

    words: tuple[str, ...] = ()
    step: int = 0
    own: str = ""
    tag: str = ""
    tagset: tuple[str, ...] = ()
    target: Target = "margin"
    owed: Owed | None = None
    columns: Mapping[Attribution, Column] = field(
        default_factory=lambda: MappingProxyType({way: Column() for way in WAYS})
    )

    @property
    def limit(self) -> float:
        """Where the bars end: 1, 2 or 5 times a power of ten, the same for all three ways."""
        arrays = (values for column in self.columns.values() if (values := column.resolved) is not None)
        sizes = (np.abs(values[np.isfinite(values)]).max(initial=0.0) for values in arrays)
        return nice(float(max(sizes, default=0.0)))

    @property
    def is_resolved(self) -> bool:
        """Whether a known value is resolved, or some are not known yet."""
        return self.owed is None or not self.owed.done or self.has_flow or any(map(self._is_resolved, WAYS))

    @property
    def has_flow(self) -> bool:
        """Whether the gradient is more than rounding where it is largest.

        From there it may fade below the resolution: it does so by products, each exact to its last digits.
        """
        owed = self.owed
        return owed is not None and owed.h_flow is not None and any_resolved(owed.h_flow, owed.resolution)

    def _is_resolved(self, way: Attribution) -> bool:
        column = self.columns[way]
        if column.values is None:
            return False
        is_undefined = np.isnan(column.values) & (np.arange(len(column.values)) == column.step)
        values = np.where(is_undefined, 0.0, column.values) if way == "occlusion" else column.values
        return any_resolved(values, column.resolution)

    def without(self, word: int) -> str:
        """Return the tag that the word at the step gets without another, "" where that is not known."""
        owed = self.owed
        if owed is None or owed.without is None or not 0 <= word < len(owed.without):
            return ""
        return owed.without[word]

    def in_front(self, wanted: Attribution) -> Attribution:
        """Return by which way to draw over the columns: gradient × input where the wanted is not computed."""
        column = self.columns[wanted]
        return "gradient_input" if column.fresh and column.values is None else wanted


def is_about(owed: Owed, state: State) -> bool:
    """Tell whether an answer is about the word and the tag in front, whose log-softmax it then has too."""
    reading = state.reading
    if reading is None or (owed.about, owed.step) != (reading.number, state.look.step):
        return False
    if (owed.tag, owed.target) != (state.tag, state.target) or len(owed.words) != len(reading.words):
        return False
    if owed.tag not in reading.model.tags:
        return True
    read = float(reading.scores[owed.step, reading.model.tags.index(owed.tag)])
    return is_same_log_softmax(owed.log_softmax, read)


def newer(old: Shown, state: State) -> Shown:
    """Return what is drawn now: what is not known of it yet stays as it was, but is not fresh."""
    reading = state.reading
    if reading is None or not reading.words:
        return Shown()
    words = tuple(word.text for word in reading.words)
    step = min(state.look.step, len(words) - 1)
    owed = state.owed if state.owed is not None and is_about(state.owed, state) else None
    return Shown(
        words=words,
        step=step,
        own=reading.words[step].tag,
        tag=state.tag,
        tagset=reading.model.tags,
        target=state.target,
        owed=owed,
        columns=MappingProxyType({way: _column(old.columns[way], owed, way) for way in WAYS}),
    )


def looks_alike(new: Shown, old: Shown) -> bool:
    """Tell whether the words' shares are drawn the same: a column that did not change is the old one."""
    abouts = [(shown.words, shown.step, shown.own, shown.tag, shown.target) for shown in (new, old)]
    if abouts[0] != abouts[1]:
        return False
    tags = [shown.owed.without if shown.owed else None for shown in (new, old)]
    done = [shown.owed is not None and shown.owed.done for shown in (new, old)]
    same = all(new.columns[way] is old.columns[way] for way in WAYS)
    return same and tags[0] == tags[1] and done[0] == done[1]


def _column(old: Column, owed: Owed | None, way: Attribution) -> Column:
    values = getattr(owed, way) if owed is not None else None
    if owed is None or (values is None and not owed.done):
        return replace(old, fresh=False) if old.fresh else old
    column = Column(values, fresh=True, step=owed.step, resolution=owed.resolution)
    about = (old.fresh, old.step, old.resolution) == (True, owed.step, owed.resolution)
    return old if about and _equal(values, old.values) else column


def _equal(a: Floats | None, b: Floats | None) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b, equal_nan=True))
