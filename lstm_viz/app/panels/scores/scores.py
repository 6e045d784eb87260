"""The tag scores of the step as bars: log-softmax, and the probability whose logarithm it is."""

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.comparison.compared_tag import ComparedTag, scored
from lstm_viz.app.panels.comparison.comparison import Comparison
from lstm_viz.app.panels.comparison.comparison_model import ComparisonModel
from lstm_viz.app.panels.comparison.two_bars import TALLEST, TwoBars
from lstm_viz.app.panels.reading_panel import lack_text
from lstm_viz.app.panels.scores.score_rows import ScoreRows
from lstm_viz.app.panels.scores.tag_rows import TagRows
from lstm_viz.app.panels.scores.value_rows import ValueRows, value_rows
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import counted, plural, put, shown_text
from lstm_viz.app.widgets.figure import Background
from lstm_viz.app.widgets.painting import number_font, paint_panel, plain, text_font
from lstm_viz.app.widgets.tables import Table
from lstm_viz.app.widgets.tag_label import paint_label
from lstm_viz.app.widgets.tag_style import tag_style
from lstm_viz.messages import Reading
from lstm_viz.ordinals import ordinal

_HEAD = 46
_LEFT = 14.0
_SMALLEST_ROW = 15.0  # of a comparison
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Scores(TagRows):
    """One bar per tag; where the tags do not all fit, the most probable, and the sum of the rest.

    For a comparison there are two bars per tag. A click on a row opens the arithmetic of its score.
    """

    stem = "tag-scores"

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(state, parent)
        self._comparison_model: ComparisonModel | None = None
        self._background = Background()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Tag scores"))
        self.setWhatsThis(
            self.tr(
                "The log-softmax of each tag at the word; the bar is the probability that it is the "
                "logarithm of. For a comparison there are two bars: thin and pale the first (A, before), "
                "full the second (B, after). Click a tag, or Enter, for the arithmetic of its score."
            )
        )
        state.reading_changed.connect(self._changed)
        state.selection_changed.connect(self._selection_changed)
        state.theme_changed.connect(self.update)

    def follow(self, comparison_model: ComparisonModel) -> None:
        """Show the comparisons of the model, where there is one."""
        self._comparison_model = comparison_model
        self._state.reading_changed.disconnect(self._changed)
        comparison_model.changed.connect(self._changed)

    @property
    def comparison(self) -> Comparison | None:
        """The comparison that is shown; None while one of the readings is awaited."""
        model = self._comparison_model
        return None if model is None or model.pale else model.comparison

    @property
    def values(self) -> ValueRows | None:
        """The real values at the step, where the model predicts such."""
        reading = self._state.reading
        if reading is None or not reading.words or not reading.model.is_real:
            return None
        return value_rows(reading, self.comparison, min(self._state.selection.step, len(reading.words) - 1))

    def compared_tags(self) -> list[ComparedTag]:
        """Return the tags with both scores, from top to bottom as shown; empty without a comparison."""
        if self.comparison is None or self.values is not None:
            return []
        step = min(self._state.selection.step, len(self.comparison.columns_of_first) - 1)
        rows, room = scored(self.comparison, step), self._room()
        return rows if len(rows) <= room else sorted(rows, key=lambda row: -row.best)[: room - 1]

    def rows(self) -> list[tuple[str, float]]:
        """Return (tag, log-softmax) from top to bottom as shown."""
        reading = self._state.reading
        if reading is None or not reading.words or reading.model.is_real:
            return []
        step = min(self._state.selection.step, len(reading.words) - 1)
        pairs = list(zip(reading.model.tags, reading.scores[reading.row(step)].tolist(), strict=True))
        shown = self._layout(len(pairs)).shown(len(pairs))
        return pairs if len(pairs) <= shown else sorted(pairs, key=lambda pair: -pair[1])[:shown]

    def _layout(self, count: int) -> ScoreRows:
        """Return the layout of ``count`` rows."""
        tags = self._state.reading.model.tags if self._state.reading else ()
        area = QRectF(_LEFT, _HEAD, self.width() - 2 * _LEFT, self.height() - _HEAD - 8)
        return ScoreRows.fit(area, count, tags, self._state.theme)

    def table(self) -> Table:
        """Return the log-softmax of every tag at the word, with or without a row; for a comparison both."""
        reading, comparison = self._state.reading, self.comparison
        assert reading is not None
        step = min(self._state.selection.step, len(reading.words) - 1)
        word, values = shown_text(reading.words[step].text), self.values
        if values is not None:
            numbers = [(ordinal(step), word, row.name, *row.numbers) for row in values.rows]
            return Table(("word_number", "word", "name", *values.titles), numbers)
        if comparison is not None:
            rows = [(ordinal(step), word, row.tag, row.first, row.second) for row in scored(comparison, step)]
            return Table(("word_number", "word", "tag", "log_softmax_a", "log_softmax_b"), rows)
        pairs = zip(reading.model.tags, map(float, reading.scores[reading.row(step)]), strict=True)
        return Table(
            ("word_number", "word", "tag", "log_softmax"), [(ordinal(step), word, *pair) for pair in pairs]
        )

    def _room(self) -> int:
        return max(2, int((self.height() - _HEAD - 8) / _SMALLEST_ROW))

    def sizeHint(self) -> QSize:
        return QSize(230, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(190, 105)

    def _changed(self, *_: object) -> None:
        reading = self._state.reading
        self.set_ready(reading is not None and bool(reading.words) and not reading.model.lacks("scores"))
        self._describe()
        self.update()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if (new.step, new.opened) != (old.step, old.opened):
            self._describe()
            self.update()

    def _describe(self) -> None:
        texts = [row.text(self._between()) for row in self.compared_tags()]
        texts = texts or [f"{tag} {plain(score)}" for tag, score in self.rows()]
        values = self.values
        texts = texts if values is None else [values.text()]
        self.setAccessibleDescription(", ".join(texts) or lack_text(self._state.reading, "scores"))

    def _between(self) -> str:
        return " → " if self.comparison is not None and self.comparison.edited else " | "

    def tag_places(self) -> list[tuple[str, QRectF]]:
        """Return the tags of the current reading and their rows, as shown."""
        known, values = self._state.reading.model.tags if self._state.reading else (), self.values
        if values is not None:
            places = values.places(self._area)
            return [(row.name, place) for row, place in zip(values.rows, places, strict=False)]
        two = [row.tag for row in self.compared_tags()]
        tags = two or [tag for tag, _ in self.rows()]
        rows = self._rows_of_two(len(two)) if two else self._layout(len(tags)).rows
        return [(tag, row) for tag, row in zip(tags, rows, strict=True) if tag in known]

    def _rows_of_two(self, count: int) -> list[QRectF]:
        height = min((self.height() - _HEAD - 8) / count, TALLEST)
        tops = [round(_HEAD + k * height) for k in range(count + 1)]
        return [QRectF(_LEFT, top, self.width() - 2 * _LEFT, end - top) for top, end in pairwise(tops)]

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._state.theme
        rows, two, values = self.rows(), self.compared_tags(), self.values
        tags = () if two else tuple([tag for tag, _ in rows])
        of = theme.name, tags, tuple([row.tag for row in two]), self.marked, self.hasFocus()
        self._background.draw(painter, self, theme.ground, of, lambda into: self._paint_names(into, tags))
        painter.setPen(QColor(theme.text))
        painter.setFont(text_font(13, bold=True))
        head = QRectF(14, 9, self.width() - 28, 18)
        _paint_line(painter, head, self._title())
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(11))
        under = QRectF(14, 27, self.width() - 28, 14)
        lack = "" if two else lack_text(self._state.reading, "scores")
        if lack:
            painter.drawText(under.adjusted(0, 0, 0, self.height()), Qt.TextFlag.TextWordWrap, lack)
            return
        if values is not None:
            values.paint(painter, self._area, theme)
            return
        if two:
            self._paint_two(painter, under, two)
            return
        _paint_line(painter, under, self._true_tag() + self._subtitle(rows))
        if rows:
            self._paint_rows(painter, rows)

    def _paint_two(self, painter: QPainter, line: QRectF, two: list[ComparedTag]) -> None:
        """Paint the rows of a comparison; headings leave no room to name the words, which the chips do."""
        bars = TwoBars(self._area, self._state.theme)
        taken = bars.paint_headings(painter, line, len(two))
        painter.setPen(QColor(self._state.theme.muted))
        painter.setFont(text_font(11))
        text = self._comparison_subtitle(two) if not taken else self._scale_of_two(two)
        _paint_line(painter, line.adjusted(0, 0, -taken, 0), text)
        bars.paint(painter, two)

    @property
    def _area(self) -> QRectF:
        """The rectangle of the rows; real values have no line under the title."""
        top = _HEAD if self.values is None else _HEAD - 16
        return QRectF(_LEFT, top, self.width() - 2 * _LEFT, self.height() - top - 8)

    def _title(self) -> str:
        reading = self._state.reading
        if reading is None or not reading.words:
            return self.tr("Tag scores")
        if reading.model.outputs == "input":
            return self._title_of_whole(reading)
        word = reading.words[min(self._state.selection.step, len(reading.words) - 1)]
        titles = {"values": self.tr("Values at “%1”"), "tokens": self.tr("Next token after “%1”")}
        title = titles.get(reading.model.readout or "", self.tr("Tag scores · “%1”"))
        title = title if reading.trellis is None else self.tr("Emission scores · “%1”")
        return title.replace("%1", shown_text(word.text))

    def _title_of_whole(self, reading: Reading) -> str:
        titles = {"values": self.tr("Values of the whole input"), "tokens": self.tr("Next token")}
        return titles.get(reading.model.readout or "", self.tr("Scores of the whole input"))

    def _true_tag(self) -> str:
        """Return the true tag of the word at the playhead as text; "" where it is not known."""
        words = self._state.reading.words if self._state.reading else ()
        gold = words[min(self._state.selection.step, len(words) - 1)].gold if words else ""
        return self.tr("true tag %1").replace("%1", shown_text(gold)) + " · " if gold else ""

    def _comparison_subtitle(self, two: list[ComparedTag]) -> str:
        comparison = self.comparison
        if comparison is None:
            return ""
        kind = self.tr("A before → B after") if comparison.edited else self._words_of(comparison)
        return f"{kind} · {self._scale_of_two(two)}"

    def _scale_of_two(self, two: list[ComparedTag]) -> str:
        rest = len(self.comparison.tags) - len(two) if self.comparison else 0
        more = " · " + counted(self.tr("%1 other(|s)", None, rest), rest) if rest > 0 else ""
        return self.tr("log-softmax") + more

    def _words_of(self, comparison: Comparison) -> str:
        """Return the two words that are compared."""
        slot = comparison.slot(self._state.selection.step)
        words = [comparison.word("first", slot), comparison.word("second", slot)]
        a, b = (f"“{shown_text(word.text)}”" if word else self.tr("no such word") for word in words)
        return "A | B" if a == b else f"A {a} | B {b}"

    def _subtitle(self, rows: list[tuple[str, float]]) -> str:
        reading = self._state.reading
        rest = len(reading.model.tags) - len(rows) if reading and rows else 0
        if rest <= 0:
            return self.tr("log-softmax, bar: probability")
        left = max(0.0, 1.0 - sum(float(np.exp(score)) for _, score in rows))
        text = plural(self.tr("%1 other(|s): p %2 · log-softmax", None, rest), rest)
        return put(text, f"{rest:,}", f"{left:.4f}")

    def _paint_names(self, painter: QPainter, tags: tuple[str, ...]) -> None:
        """Paint the panel, the mark of a tag and the labels of the tags."""
        theme = self._state.theme
        paint_panel(painter, QRectF(self.rect()), theme)
        self.paint_mark(painter)
        layout = self._layout(len(tags))
        for tag, row in zip(tags, layout.rows, strict=True):
            paint_label(painter, layout.label(row), tag, theme, layout.pixels)

    def _paint_rows(self, painter: QPainter, rows: list[tuple[str, float]]) -> None:
        """Paint numbers and bars, one kind at a time: changes of font and pen are slow."""
        theme, layout = self._state.theme, self._layout(len(rows))
        places = list(zip(layout.rows, rows, strict=True))
        best = max(range(len(rows)), key=lambda k: rows[k][1])
        painter.setFont(number_font(layout.pixels))
        painter.setPen(QColor(theme.muted))
        for row, (_, score) in places[:best] + places[best + 1 :]:
            painter.drawText(layout.number(row), _RIGHT, plain(score))
        painter.setPen(QColor(theme.text))
        painter.drawText(layout.number(places[best][0]), _RIGHT, plain(rows[best][1]))
        background = QColor(theme.raised)
        for row, (tag, score) in places:
            bar = layout.bar(row)
            painter.fillRect(bar, background)
            painter.fillRect(_part(bar, float(np.exp(score))), QColor(tag_style(tag, theme).fill))


def _part(bar: QRectF, probability: float) -> QRectF:
    """Return the part of a bar that a probability fills; empty for NaN."""
    width = max(1.0, bar.width() * min(1.0, probability)) if np.isfinite(probability) else 0.0
    return QRectF(bar.left(), bar.top(), width, bar.height())


def _paint_line(painter: QPainter, rect: QRectF, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, elided)
