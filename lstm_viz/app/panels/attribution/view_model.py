"""The view model of the attributions: which results are about the selection, and which are stale."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import get_args

import numpy as np

from lstm_viz.app.panels.attribution.targets import any_resolved, is_same_log_softmax, resolved
from lstm_viz.app.selection.selection import AttributionMethod
from lstm_viz.app.state import State
from lstm_viz.app.widgets.numerals import nice
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Attribution, Floats, Target
from lstm_viz.ordinals import ordinal

METHODS: tuple[AttributionMethod, ...] = get_args(AttributionMethod)


@dataclass(frozen=True, slots=True, eq=False)
class AttributionColumn:
    """The attributions of the words by one method, (T,), to the word ``step``.

    ``fresh`` if they are about the selection; else they are drawn pale and without numbers. Fresh and None
    are attributions that are not computed at all. Values smaller than ``resolution`` are below float32
    resolution.
    """

    values: Floats | None = None
    fresh: bool = False
    step: int = 0
    resolution: float = 0.0

    @property
    def resolved(self) -> Floats | None:
        """The values as drawn, 0 for those below float32 resolution."""
        return None if self.values is None else resolved(self.values, self.resolution)


@dataclass(frozen=True, slots=True, eq=False)
class AttributionViewModel:
    """The attributions as drawn.

    Attributes
    ----------
    words : tuple of str
        The words of the current sentence.
    step : int
        The selected word.
    own, tag, target : str
        The tag that the word has, the one that is explained, and which number of it.
    tagset : tuple of str
        All tags of the model.
    attribution : Attribution or None
        The newest result, if it is about the selection.
    columns : mapping of str to AttributionColumn
        By the names of `METHODS`.
    """

    words: tuple[str, ...] = ()
    step: int = 0
    own: str = ""
    tag: str = ""
    tagset: tuple[str, ...] = ()
    target: Target = "margin"
    attribution: Attribution | None = None
    columns: Mapping[AttributionMethod, AttributionColumn] = field(
        default_factory=lambda: MappingProxyType({method: AttributionColumn() for method in METHODS})
    )

    @property
    def limit(self) -> float:
        """The limit of the bars: 1, 2 or 5 times a power of ten, the same for all three methods."""
        arrays = (values for column in self.columns.values() if (values := column.resolved) is not None)
        sizes = (np.abs(values[np.isfinite(values)]).max(initial=0.0) for values in arrays)
        return nice(float(max(sizes, default=0.0)))

    @property
    def is_resolved(self) -> bool:
        """Whether a known value is resolved, or some are not computed yet."""
        return (
            self.attribution is None
            or not self.attribution.done
            or self.has_flow
            or any(map(self._is_resolved, METHODS))
        )

    @property
    def has_flow(self) -> bool:
        """Whether the gradient is more than rounding where it is largest.

        Further back it may fade below the resolution: it does so by products, each accurate to rounding.
        """
        attribution = self.attribution
        return (
            attribution is not None
            and attribution.h_flow is not None
            and any_resolved(attribution.h_flow, attribution.resolution)
        )

    def _is_resolved(self, method: AttributionMethod) -> bool:
        column = self.columns[method]
        if column.values is None:
            return False
        is_undefined = np.isnan(column.values) & (np.arange(len(column.values)) == column.step)
        values = np.where(is_undefined, 0.0, column.values) if method == "occlusion" else column.values
        return any_resolved(values, column.resolution)

    def without(self, word: int) -> str:
        """Return the tag that the word at the step gets without another word, "" where that is not known."""
        attribution = self.attribution
        if attribution is None or attribution.without is None or not 0 <= word < len(attribution.without):
            return ""
        return attribution.without[word]

    def drawn_method(self, requested: AttributionMethod) -> AttributionMethod:
        """Return the method to draw over the columns: gradient × input if ``requested`` is not computed."""
        column = self.columns[requested]
        return "gradient_input" if column.fresh and column.values is None else requested


def attribution_table(shown: AttributionViewModel) -> Table:
    """Return a table with a row per word: its attribution by each method, and the tag without the word.

    Cells whose value is not computed are empty.
    """
    header = ("word_number", "word", "tag", "target", *METHODS, "tag_without")
    columns = [shown.columns[method] for method in METHODS]
    rows = [
        (
            ordinal(k),
            word,
            shown.tag,
            shown.target,
            *(_cell(column, k) for column in columns),
            shown.without(k),
        )
        for k, word in enumerate(shown.words)
    ]
    return Table(header, rows)


def _cell(column: AttributionColumn, word: int) -> float | None:
    if column.values is None or not column.fresh or np.isnan(column.values[word]):
        return None
    return float(column.values[word])


def is_about(attribution: Attribution, state: State) -> bool:
    """Return whether a result is about the selected word and tag, and has the same log-softmax."""
    reading = state.reading
    if reading is None or (attribution.reading, attribution.step) != (reading.number, state.selection.step):
        return False
    if (attribution.tag, attribution.target) != (state.tag, state.target) or len(attribution.words) != len(
        reading.words
    ):
        return False
    if attribution.tag not in reading.model.tags:
        return True
    read = float(reading.scores[reading.row(attribution.step), reading.model.tags.index(attribution.tag)])
    return is_same_log_softmax(attribution.log_softmax, read)


def newer(old: AttributionViewModel, state: State) -> AttributionViewModel:
    """Return the attributions to draw now: columns without a result yet stay as they were, but stale."""
    reading = state.reading
    if reading is None or not reading.words:
        return AttributionViewModel()
    words = tuple(word.text for word in reading.words)
    step = min(state.selection.step, len(words) - 1)
    attribution = (
        state.attribution if state.attribution is not None and is_about(state.attribution, state) else None
    )
    return AttributionViewModel(
        words=words,
        step=step,
        own=reading.tag(step),
        tag=state.tag,
        tagset=reading.model.tags,
        target=state.target,
        attribution=attribution,
        columns=MappingProxyType(
            {method: _column(old.columns[method], attribution, method) for method in METHODS}
        ),
    )


def looks_alike(new: AttributionViewModel, old: AttributionViewModel) -> bool:
    """Return whether the rows are drawn alike: an unchanged column is the same object."""
    abouts = [(shown.words, shown.step, shown.own, shown.tag, shown.target) for shown in (new, old)]
    if abouts[0] != abouts[1]:
        return False
    tags = [shown.attribution.without if shown.attribution else None for shown in (new, old)]
    done = [shown.attribution is not None and shown.attribution.done for shown in (new, old)]
    same = all(new.columns[method] is old.columns[method] for method in METHODS)
    return same and tags[0] == tags[1] and done[0] == done[1]


def _column(
    old: AttributionColumn, attribution: Attribution | None, method: AttributionMethod
) -> AttributionColumn:
    values = getattr(attribution, method) if attribution is not None else None
    if attribution is None or (values is None and not attribution.done):
        return replace(old, fresh=False) if old.fresh else old
    column = AttributionColumn(values, fresh=True, step=attribution.step, resolution=attribution.resolution)
    about = (old.fresh, old.step, old.resolution) == (True, attribution.step, attribution.resolution)
    return old if about and _equal(values, old.values) else column


def _equal(a: Floats | None, b: Floats | None) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b, equal_nan=True))
