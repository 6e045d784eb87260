"""A comparison in one line: the readings, the tags that differ, the distance of the states."""

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QObject

from lstm_viz.app.panels.comparison.comparison import Comparison, Distances, Side
from lstm_viz.app.panels.heatmaps.surfaces import written
from lstm_viz.app.selection.selection import ComparisonView
from lstm_viz.app.texts import counted, shown_text
from lstm_viz.app.widgets.painting import plain
from lstm_viz.messages import Reading, ResolvedEdit
from lstm_viz.ordinals import ordinal

_LONGEST = 20
_DOT = " · "
_MOST_FLIPS = 2


class Summary(QObject):
    """Summarizes a comparison."""

    def of(
        self,
        comparison: Comparison,
        resolved: Sequence[ResolvedEdit],
        comparison_view: ComparisonView = "difference",
    ) -> str:
        """Return the line; ``resolved`` are the edits of the current reading.

        What is not shown elsewhere comes first: the line may be elided at its end. The names of the two
        readings are also shown above it, so they come last.
        """
        head = (
            [self._other_numbers(comparison)]
            if comparison_view == _other_side(comparison) and comparison.by_words
            else []
        )
        if comparison.edited:
            head += [self.tr("What if"), self._edits(sum(not edit.unresolved for edit in resolved))]
            return _DOT.join((*head, *self._found(comparison)))
        tail = [self.tr("A with its edits")] if comparison.first.unedited is not None else []
        return _DOT.join(
            (
                *self._restrictions(comparison),
                *head,
                *self._found(comparison),
                *tail,
                self._both(comparison),
            )
        )

    def _other_numbers(self, comparison: Comparison) -> str:
        """Return whose numbers are shown beside the heatmaps, where those are of the other side."""
        return self.tr("panels: B after") if comparison.edited else self.tr("panels: A")

    def _found(self, comparison: Comparison) -> Iterator[str]:
        yield from self._predictions(comparison)
        yield from self._state(comparison)

    def _predictions(self, comparison: Comparison) -> Iterator[str]:
        """Yield how the predictions differ: tags, the class of the whole input, or real values."""
        a, b = comparison.first, comparison.second
        if a.model.is_real or b.model.is_real:
            if a.model.tags and a.model.tags == b.model.tags:
                yield self.tr("max |Δ value| %1").replace("%1", plain(_largest_change(comparison)))
        elif "input" in (a.model.outputs, b.model.outputs):
            classes = [shown_text(a.tag(0)), shown_text(b.tag(0))]
            between = " → " if comparison.edited else " | "
            yield self.tr("the class is the same") if len(set(classes)) == 1 else between.join(classes)
        else:
            yield self._tags(comparison)

    def _both(self, comparison: Comparison) -> str:
        a, b = (
            self._named(comparison.first, comparison.second),
            self._named(comparison.second, comparison.first),
        )
        return f"A {a} | B {b}" if a or b else self.tr("same sentence, same model")

    def _edits(self, count: int) -> str:
        return counted(self.tr("%1 edit(|s)", None, count), count)

    def _named(self, reading: Reading, other: Reading) -> str:
        """Return in what a reading differs from the other: sentence, model, epoch; "" if in none."""
        words, others = (written(r.words) for r in (reading, other))
        parts = [f"“{_short(_from_where_it_differs(words, others))}”"] if words != others else []
        if reading.model.uri != other.model.uri:
            title, others = (r.model.title.split(_DOT) for r in (reading, other))
            parts.append(_kept_at_its_end(_first_that_differs(title, others)))
        if reading.epoch != other.epoch and len(reading.model.epochs) > 1:
            parts.append(self.tr("epoch %1").replace("%1", str(reading.epoch)))
        return " ".join(parts)

    def _tags(self, comparison: Comparison) -> str:
        flips, many = comparison.flips, len(comparison.flips)
        if not flips:
            return self.tr("no tag flips") if comparison.edited else self.tr("the tags are the same")
        differ = self.tr("%1 tag(|s) differ(s|)", None, many)
        text = self.tr("%1 tag(|s) flip(s|)", None, many) if comparison.edited else differ
        count = counted(text, many)
        if not comparison.edited or many > _MOST_FLIPS:
            return count
        return f"{count} ({', '.join(self._flip(comparison, slot) for slot in flips)})"

    def _flip(self, comparison: Comparison, slot: int) -> str:
        before, after = comparison.word("first", slot), comparison.word("second", slot)
        return f"“{_short(after.text)}”: {before.tag} → {after.tag}" if before and after else ""

    def _state(self, comparison: Comparison) -> Iterator[str]:
        if comparison.largest is not None and comparison.alike:
            yield (
                self.tr("no change in this layer")
                if comparison.edited
                else self.tr("the numbers are the same")
            )
        elif comparison.distances is not None and comparison.distances.is_rounding:
            yield self.tr("h does not change") if comparison.edited else self.tr("h is the same")
        elif comparison.distances is not None:
            yield self._farthest(comparison, comparison.distances)

    def _farthest(self, comparison: Comparison, distances: Distances) -> str:
        """Return the largest difference, and the number of the word at which it is."""
        slot = distances.farthest
        side: Side = "second" if comparison.word("first", slot) is None else "first"
        at = sum(comparison.word(side, k) is not None for k in range(ordinal(slot)))
        of_both, of_one = self.tr("max |Δh| %1 at word %2"), self.tr("max |Δh| %1 at word %2 of %3")
        text = of_both if comparison.edited else of_one.replace("%3", "A" if side == "first" else "B")
        return text.replace("%1", _size(float(distances.values.max()))).replace("%2", str(at))

    def _restrictions(self, comparison: Comparison) -> Iterator[str]:
        """Yield why something is not shown, or not as requested."""
        a, b = comparison.first.view, comparison.second.view
        if a is None or b is None:
            return
        if comparison.no_difference_reason == "characters":
            yield self.tr("characters are not compared: A alone is shown")
            return
        if comparison.no_difference_reason == "sizes":
            text = self.tr("%1 and %2 units: only side by side")
            yield text.replace("%1", str(a.module.hidden_size)).replace("%2", str(b.module.hidden_size))
        elif comparison.shared != comparison.names:
            yield self.tr("in both: %1").replace("%1", ", ".join(comparison.shared))
        if a.layer != b.layer:
            text = self.tr("B has no layer %1: its layer %2 is shown")
            yield text.replace("%1", str(ordinal(a.layer))).replace("%2", str(ordinal(b.layer)))
        if a.direction != b.direction:
            yield self.tr("B has no backward direction")


def _other_side(comparison: Comparison) -> Side:
    """Return the side not shown beside the heatmaps, where the selection is: after the edits, or A."""
    return "first" if comparison.edited else "second"


def _from_where_it_differs(own: Sequence[str], other: Sequence[str]) -> str:
    """Return ``own`` from the first word that differs; an ellipsis replaces those before."""
    shorter = min(len(own), len(other))
    start = next((k for k in range(shorter) if own[k] != other[k]), shorter)
    return ("… " if start else "") + " ".join(own[min(start, len(own) - 1) :])


def _first_that_differs(own: Sequence[str], other: Sequence[str]) -> str:
    """Return the part of ``own`` that distinguishes it from ``other``."""
    return next((a for a, b in zip(own, other, strict=False) if a != b), own[-1])


def _kept_at_its_end(text: str) -> str:
    """Return a name elided at its start: such names begin alike."""
    shown = shown_text(text)
    return shown if len(shown) <= _LONGEST else f"{shown[:6]}…{shown[7 - _LONGEST :]}"


def _size(value: float) -> str:
    """Return a difference with three digits, as over its column, else as a power of ten; 0 if exact."""
    return f"{value:.0e}" if 0 < value < 0.0005 else plain(value, 3 if value else 0)


def _largest_change(comparison: Comparison) -> float:
    """Return the largest difference of a real value at the columns that both readings have."""
    a, b = comparison.first, comparison.second
    rows = [(a.row(i), b.row(j)) for i, j in comparison.slots if i is not None and j is not None]
    changes = [np.abs(a.scores[i] - b.scores[j]).max() for i, j in rows]
    return float(max(changes, default=np.nan))


def _short(text: str) -> str:
    shown = shown_text(text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
