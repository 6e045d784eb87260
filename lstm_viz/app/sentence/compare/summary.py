"""A pair of readings in one line: what is paired, which tags differ, how far the states are apart."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject

from lstm_viz.app.painting import plain, shown_text
from lstm_viz.app.sentence.pair import Pairing, Side
from lstm_viz.app.sentence.surfaces import written
from lstm_viz.app.state import Pair
from lstm_viz.messages import Landed, Reading

_LONGEST = 20
_DOT = " · "
_MOST_FLIPS = 2


class Summary(QObject):
    """Says of a pair what there is to say."""

    def of(self, pairing: Pairing, landed: Sequence[Landed], pair: Pair = "difference") -> str:
        """Return the line; ``landed`` are the edits of the reading in front, ``pair`` what is shown.

        What cannot be seen elsewhere comes first: the line may be cut at its end. The names of two that are
        compared stand above it too, so they come last.
        """
        head = [self._whose(pairing)] if pair == _other_side(pairing) and pairing.by_words else []
        if pairing.edited:
            head += [self.tr("What if"), self._edits(sum(not edit.fault for edit in landed))]
            return _DOT.join((*head, *self._found(pairing, pair)))
        tail = [self.tr("A with its edits")] if pairing.first.unedited is not None else []
        return _DOT.join(
            (*self._remarks(pairing), *head, *self._found(pairing, pair), *tail, self._both(pairing))
        )

    def _whose(self, pairing: Pairing) -> str:
        """Return whose numbers are beside the heatmaps, where those are the other's."""
        return self.tr("right: B after") if pairing.edited else self.tr("right: A")

    def _found(self, pairing: Pairing, pair: Pair) -> Iterator[str]:
        yield self._tags(pairing)
        yield from self._state(pairing)
        if pair == "difference" and not pairing.obstacle:
            yield self.tr("scale ±%1").replace("%1", f"{pairing.scale('h'):g}")

    def _both(self, pairing: Pairing) -> str:
        a, b = self._named(pairing.first, pairing.second), self._named(pairing.second, pairing.first)
        return f"A {a} | B {b}" if a or b else self.tr("one sentence, one net")

    def _edits(self, count: int) -> str:
        return self.tr("1 edit") if count == 1 else self.tr("%1 edits").replace("%1", str(count))

    def _named(self, reading: Reading, other: Reading) -> str:
        """Return by what a reading differs from the other: sentence, net, epoch; "" where by none."""
        words, others = (written(r.words) for r in (reading, other))
        parts = [f"“{_short(_from_where_it_differs(words, others))}”"] if words != others else []
        if reading.model.name != other.model.name:
            title, others = (r.model.title.split(_DOT) for r in (reading, other))
            parts.append(_kept_at_its_end(_first_that_differs(title, others)))
        if reading.epoch != other.epoch and len(reading.model.epochs) > 1:
            parts.append(self.tr("epoch %1").replace("%1", str(reading.epoch)))
        return " ".join(parts)

    def _tags(self, pairing: Pairing) -> str:
        flips = pairing.flips
        if not flips:
            return self.tr("no tag flips") if pairing.edited else self.tr("the tags are the same")
        if pairing.edited:
            text = self.tr("1 tag flips") if len(flips) == 1 else self.tr("%1 tags flip")
        else:
            text = self.tr("1 tag differs") if len(flips) == 1 else self.tr("%1 tags differ")
        said = text.replace("%1", f"{len(flips):,}")
        if not pairing.edited or len(flips) > _MOST_FLIPS:
            return said
        return f"{said} ({', '.join(self._flip(pairing, slot) for slot in flips)})"

    def _flip(self, pairing: Pairing, slot: int) -> str:
        before, after = pairing.word("first", slot), pairing.word("second", slot)
        return f"“{_short(after.text)}”: {before.tag} → {after.tag}" if before and after else ""

    def _state(self, pairing: Pairing) -> Iterator[str]:
        if pairing.largest is not None and pairing.alike:
            yield self.tr("nothing changes here") if pairing.edited else self.tr("the numbers are the same")
        elif pairing.largest is not None:
            yield self.tr("max |Δh| %1").replace("%1", _size(pairing.largest))

    def _remarks(self, pairing: Pairing) -> Iterator[str]:
        """Say why something is not shown, or not as it was asked for."""
        a, b = pairing.first.view, pairing.second.view
        if a is None or b is None:
            return
        if pairing.obstacle == "characters":
            yield self.tr("characters are not compared: A alone is shown")
            return
        if pairing.obstacle == "sizes":
            text = self.tr("%1 and %2 units: only side by side")
            yield text.replace("%1", str(a.module.hidden_size)).replace("%2", str(b.module.hidden_size))
        elif pairing.shared != pairing.names:
            yield self.tr("in both: %1").replace("%1", ", ".join(pairing.shared))
        if a.layer != b.layer:
            text = self.tr("B has no layer %1: its layer %2 is shown")
            yield text.replace("%1", str(a.layer + 1)).replace("%2", str(b.layer + 1))
        if a.direction != b.direction:
            yield self.tr("B reads forward only")


def _other_side(pairing: Pairing) -> Side:
    """Return the side that is not beside the heatmaps: what is looked at is after the edits, and A."""
    return "first" if pairing.edited else "second"


def _from_where_it_differs(own: Sequence[str], other: Sequence[str]) -> str:
    """Return the rest of ``own`` from the first word on that differs; dots stand for those before."""
    shorter = min(len(own), len(other))
    start = next((k for k in range(shorter) if own[k] != other[k]), shorter)
    return ("… " if start else "") + " ".join(own[min(start, len(own) - 1) :])


def _first_that_differs(own: Sequence[str], other: Sequence[str]) -> str:
    """Return the part of ``own`` that tells it from ``other``."""
    return next((a for a, b in zip(own, other, strict=False) if a != b), own[-1])


def _kept_at_its_end(text: str) -> str:
    """Return a name that is short enough: such names begin alike."""
    shown = shown_text(text)
    return shown if len(shown) <= _LONGEST else f"{shown[:6]}…{shown[7 - _LONGEST :]}"


def _size(value: float) -> str:
    """Return a difference as long as two digits say it, else its power of ten; of what is exact: 0."""
    return f"{value:.0e}" if 0 < value < 0.005 else plain(value, 2 if value else 0)


def _short(text: str) -> str:
    shown = shown_text(text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
