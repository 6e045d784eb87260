"""The word chips, aligned with their columns: word, tag, probability; for a comparison in two rows."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.comparison.chip_texts import ChipRow, ChipText, rows
from lstm_viz.app.panels.comparison.comparison import Comparison
from lstm_viz.app.panels.heatmaps.chip import Chip, chip_image, fits_across, paint_chip
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.panels.heatmaps.marks_legend import MarkName, paint_past
from lstm_viz.app.panels.heatmaps.surfaces import SURFACE_HEIGHT, Surface, paint_surface, surfaces
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.figure import is_screen
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.messages import Reading

#: In narrower columns the words that do not fit are turned by 90°.
UPRIGHT_WIDTH = 58.0
_UPRIGHT_HEIGHT = 56
_BARE_HEIGHT = 30  # of words without tags
_TURNED_HEIGHT = 108
_TURNED_IN_TWO = 84
_GAP = 4
_PALE = 0.4

_NO_ROWS = (ChipRow((), ()),)


class Chips(HoverWidget):
    """Draws the words of a reading, or the characters of one word; for a comparison two rows of words.

    Signals
    -------
    clicked(column)
        A chip was clicked, over a column of the current view.
    """

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ChipRow, ...] = _NO_ROWS
        self._described: dict[ChipText | None, str] = {}
        self._texts: tuple[str, ...] = ()
        self._surfaces: tuple[tuple[Surface, ...], ...] = ((),)
        self._reading: Reading | None = None
        self._comparison: Comparison | None = None
        self._pale = False
        self._columns, self._column = ColumnLayout(), 0
        self._upright, self._gap = True, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Words"))
        self.setWhatsThis(
            self.tr(
                "The words over their columns, each with its predicted tag and the tag's probability. "
                "Where the true tag is known and differs, the predicted one is underlined and the true "
                "one in brackets. A bracket joins the words of one multiword token, such as “de” and “le” "
                "for French “du”. A filled corner marks a tag that differs from that of the compared "
                "reading: “V → NN” before and after the edits, or one of A above one of B."
            )
        )

    def set_reading(
        self, reading: Reading | None, columns: ColumnLayout, comparison: Comparison | None = None
    ) -> None:
        """Draw the columns of the reading's view: words with their tags, or characters."""
        if self._scrolled_to(reading, columns, comparison):
            return
        drawn, layout = (self._columns, self._rows), self._layout
        self._comparison, self._columns, self._rows = comparison, columns, rows(reading, comparison)
        self._gap = min(6.0, max(1.0, columns.width * 0.06))  # between two chips
        self._upright = not any(self._is_turned(chip) for row in self._rows for chip in row.chips)
        self._describe_columns()
        self._surfaces = tuple(
            surfaces([chip.word if chip else None for chip in row.chips]) for row in self._rows
        )
        if self._layout != layout:
            self.updateGeometry()
            self.update()
        self._update_from(*drawn)
        self._describe_visible()

    def _scrolled_to(
        self, reading: Reading | None, columns: ColumnLayout, comparison: Comparison | None
    ) -> bool:
        """Scroll if that is all that has changed, as most of the above need not be done again."""
        drawn = self._reading is reading and self._comparison is comparison
        self._reading = reading
        if not drawn or reading is None or replace(columns, first=self._columns.first) != self._columns:
            return False
        if columns != self._columns:
            self._columns = columns
            self._describe_visible()
            self.update()
        return True

    def _describe_visible(self) -> None:
        visible = self._columns.visible()
        self.setAccessibleDescription(", ".join(self._texts[visible.start : visible.stop]))
        self._hover.hide()

    @property
    def content(self) -> tuple[ChipRow, ...]:
        """The content of the chips; for a comparison of both readings."""
        return self._rows

    @property
    def _layout(self) -> tuple[float, int, bool, bool, bool]:
        return self._columns.width, len(self._rows), any(self._surfaces), self._upright, self._has_tags

    @property
    def _has_tags(self) -> bool:
        """Whether any word has a tag, or the columns are characters."""
        chips = (chip for row in self._rows for chip in row.chips)
        return any(chip is not None and (chip.word is None or bool(chip.word.tag)) for chip in chips)

    def set_pale(self, pale: bool) -> None:
        """Draw the chips pale while a newer reading to compare with is awaited."""
        if pale != self._pale:
            self._pale = pale
            self.update()

    def _update_from(self, columns: ColumnLayout, drawn: tuple[ChipRow, ...]) -> None:
        """Repaint from the first chip that differs from what is ``drawn``."""
        if columns != self._columns or [_kind(row) for row in drawn] != [_kind(row) for row in self._rows]:
            self.update()
        elif drawn != self._rows:
            both = (
                zip(new.chips, old.chips, strict=False) for new, old in zip(self._rows, drawn, strict=True)
            )
            first = min(
                next((k for k, (new, old) in enumerate(row) if new != old), columns.count) for row in both
            )
            self.update(columns.strip(first, self.height(), onward=True))

    def set_column(self, column: int) -> None:
        if column != self._column:
            for moved in (self._column, column):
                for part in self._parts(moved):
                    self.update(self._columns.strip(part, self.height()))
            self._column = column

    def _parts(self, column: int) -> range:
        """Return the columns of the multiword token that a column is part of."""
        for surface in (surface for row in self._surfaces for surface in row):
            if surface.first <= column <= surface.last:
                return range(surface.first, surface.last + 1)
        return range(column, column + 1)

    def marks(self) -> list[MarkName]:
        """Return the marks of the visible chips."""
        unknown = wrong = alone = differs = False
        visible = self._columns.visible()
        for row in self._rows:
            for chip in row.chips[visible.start : visible.stop]:
                if chip is None:
                    continue
                word = chip.word
                differs, alone = differs or chip.differs, alone or bool(chip.alone)
                if word is not None:
                    unknown = unknown or not word.known
                    wrong = wrong or bool(word.gold and word.gold != word.tag)
        found: dict[MarkName, bool] = {"unknown": unknown, "wrong": wrong, "alone": alone, "differs": differs}
        return [name for name, is_there in found.items() if is_there]

    def describe(self, column: int) -> str:
        """Return the content of a column's chips as text."""
        return self._texts[column]

    def _describe_columns(self) -> None:
        """Describe all columns; chips that were there before, most of them after a keystroke, as before."""
        known, chips = self._described, [chip for row in self._rows for chip in row.chips]
        self._described = {chip: known.get(chip) or self._describe(chip) for chip in chips}
        texts = ([f"{row.mark} {self._described[chip]}".lstrip() for chip in row.chips] for row in self._rows)
        self._texts = tuple(map(" | ".join, zip(*texts, strict=True)))

    def _describe(self, content: ChipText | None) -> str:
        if content is None:
            return self.tr("no such word")
        if content.word is None:
            return shown_text(content.label)
        word = content.word
        known = "" if word.known else " · " + self.tr("not in the vocabulary")
        was = f"{content.was} → " if content.was else ""
        tag = f" · {was}{word.tag} {word.probability:.4f}" if word.tag else ""
        alone = self.tr("best emission score: %1").replace("%1", content.alone)
        other = f" · {alone}" if content.alone else ""
        part = " · " + self.tr("of “%1”").replace("%1", shown_text(word.surface)) if word.surface else ""
        true = " · " + self.tr("true tag %1").replace("%1", shown_text(word.gold)) if word.gold else ""
        return f"{shown_text(word.text)}{part}{tag}{true}{other}{known}"

    @property
    def upright(self) -> bool:
        """Whether no word is turned."""
        return self._upright

    def _is_turned(self, content: ChipText | None) -> bool:
        if self._columns.width >= UPRIGHT_WIDTH or content is None or content.word is None:
            return False
        width = int(self._columns.width - self._gap)
        return not fits_across(content.label, content.word.tag, width, self._theme)

    def sizeHint(self) -> QSize:
        count = len(self._rows)
        turned = _TURNED_HEIGHT if count == 1 else _TURNED_IN_TWO
        upright = _UPRIGHT_HEIGHT if self._has_tags else _BARE_HEIGHT
        row = (upright if self.upright else turned) + self._strip_height
        return QSize(400, count * (row + _GAP) - _GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    # ------------------------------------------------------------ Qt

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for row in range(len(self._rows)):
            if self._pale and row == 1:
                painter.setOpacity(_PALE)
            for column in self._columns.within(event.rect()):
                chip = self.chip(column, row)
                place = self.rect_of(column, row).topLeft()
                if chip is not None and is_screen(painter, self):
                    painter.drawImage(place, chip_image(chip))
                elif chip is not None:
                    paint_chip(painter, place.toPointF(), chip)
            self._paint_surfaces(painter, row)
            self._paint_past(painter)
            self._paint_mark(painter, row)

    def _paint_surfaces(self, painter: QPainter, row: int) -> None:
        visible = self._columns.visible()
        for surface in self._surfaces[row]:
            first, last = max(surface.first, visible.start), min(surface.last, visible.stop - 1)
            if first <= last:
                left, right = self.rect_of(first, row), self.rect_of(last, row)
                top = left.top() - self._strip_height
                rect = QRectF(left.left(), top, right.right() - left.left() + 1, self._strip_height)
                here = surface.first <= self._column <= surface.last
                paint_surface(painter, rect, surface, self._theme, here=here)

    def _paint_past(self, painter: QPainter) -> None:
        """Paint that there are no more columns, in place of those past the end."""
        if self._columns.past:
            place = self._columns.past_end(0, self.height())
            paint_past(painter, place, self._theme)
            painter.setPen(QColor(self._theme.muted))
            painter.setFont(text_font(11))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.tr("end"))

    def _paint_mark(self, painter: QPainter, row: int) -> None:
        """Paint which of a comparison a row is of, to the left of its chips."""
        rect = self.rect_of(self._columns.first, row)
        painter.setPen(QColor(self._theme.text))
        painter.setFont(text_font(14, bold=True))
        place = QRect(0, rect.top(), LABEL_WIDTH - 12, rect.height())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(place, align, self._rows[row].mark)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self._columns.at(event.position().x())
        if column is not None and self._comparison is not None:
            column = self._comparison.slots[column][0]
        if column is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(column)

    def describe_at(self, point: QPointF) -> str:
        column = self._columns.at(point.x())
        return "" if column is None else self.describe(column)

    def is_clickable(self, point: QPointF) -> bool:
        return True

    # ------------------------------------------------------------ painting

    def rect_of(self, column: int, row: int = 0) -> QRect:
        """Return the rectangle of a chip: as wide as its column, on whole pixels."""
        columns = self._columns
        half = self._gap / 2
        left, right = round(columns.left(column) + half), round(columns.left(column + 1) - half)
        count = len(self._rows)
        height, strip = (self.height() - (count - 1) * _GAP) // count, self._strip_height
        return QRect(left, row * (height + _GAP) + strip, right - left, height - strip)

    @property
    def _strip_height(self) -> int:
        """The height above the chips of a row for the surfaces of multiword tokens."""
        return SURFACE_HEIGHT if any(self._surfaces) else 0

    def chip(self, column: int, row: int = 0) -> Chip | None:
        """Return a column's chip; None where there is no word."""
        content, rect = self._rows[row].chips[column], self.rect_of(column, row)
        if content is None:
            return None
        return Chip(
            label=content.label,
            word=content.word,
            alone=content.alone,
            was=content.was,
            differs=content.differs,
            here=column == self._column,
            turned=self._is_turned(content),
            width=rect.width(),
            height=rect.height(),
            is_tag=content.word is not None and content.word.tag in self._rows[row].tags,
            theme=self._theme,
            scale=self.devicePixelRatio(),
        )


def _kind(row: ChipRow) -> tuple[object, ...]:
    """Return the properties whose change requires a repaint of the whole row."""
    first = next((chip for chip in row.chips if chip is not None), None)
    return row.tags, row.mark, first is not None and first.word is not None
