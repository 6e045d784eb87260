"""The strip between chips and heatmaps: the attributions of the words to the tag at the step."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.attribution.arcs import HEIGHT, Arcs
from lstm_viz.app.panels.attribution.labels import method_name
from lstm_viz.app.panels.attribution.targets import resolved_share
from lstm_viz.app.panels.attribution.view_model import AttributionViewModel, newer
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, RIGHT_MARGIN, ColumnLayout
from lstm_viz.app.selection.selection import AttributionMethod, Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.numerals import limit_text
from lstm_viz.app.widgets.painting import number_font, paint_panel, text_font

_LEFT = 14.0
_DEPENDS_ON = ("panel", "tag", "target", "step")


class AttributionStrip(HoverWidget):
    """Draws the attributions on the columns of the words; hidden unless the attribution panel is shown.

    Signals
    -------
    column_clicked(column)
        A word's column was clicked.
    """

    column_clicked = Signal(int)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown, self._columns = AttributionViewModel(), ColumnLayout()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Attribution to each word"))
        self.setWhatsThis(
            self.tr(
                "The bar under a word is its attribution for the tag at the step: up and yellow-green if "
                "positive, down and violet if negative. Arcs lead to the word at the step, thicker for "
                "larger values, dashed for negative ones. The twelve strongest words have an arc, and of "
                "those scrolled out of view the strongest three."
            )
        )
        state.attribution_changed.connect(self._draw)
        state.reading_changed.connect(self._draw)
        state.selection_changed.connect(self._selection_changed)
        self.hide()

    @property
    def is_needed(self) -> bool:
        """Whether the strip is to be visible: not where the columns are characters, or without scores."""
        state, reading = self._state, self._state.reading
        if reading is None or reading.model.lacks("scores"):
            return False
        return state.selection.panel == "attribution" and state.columns > 0 and not state.reads_characters

    @property
    def method(self) -> AttributionMethod:
        """The attribution method that is drawn."""
        return self._shown.drawn_method(self._state.selection.attribution_method)

    @property
    def arcs(self) -> Arcs | None:
        """The arcs that are drawn, None while there is no result."""
        column = self._shown.columns[self.method]
        if column.values is None or not self._shown.words:
            return None
        return Arcs(
            values=column.values,
            step=column.step,
            limit=self._shown.limit,
            columns=self._columns,
            theme=self._theme,
            fresh=column.fresh,
            resolution=column.resolution,
        )

    def set_columns(self, columns: ColumnLayout) -> None:
        """Set the columns of the words of the current sentence."""
        if columns != self._columns:
            self._columns = columns
            self.update()

    def _draw(self, _: object = None) -> None:
        if self._state.selection.panel != "attribution":
            self._shown = AttributionViewModel()  # nothing is queried while hidden: the result becomes stale
            return
        old, self._shown = self._drawn(), newer(self._shown, self._state)
        if self._drawn() != old:
            if self._shown.attribution is not None:
                self.setAccessibleDescription(self._accessible_text())
            self._hover.hide()
            self.update()

    def _drawn(self) -> tuple[object, ...]:
        """Return all that the painting depends on: a result that changes none of it causes no repaint."""
        shown = self._shown
        column = id(shown.columns[self.method])
        return shown.words, shown.step, shown.tag, shown.target, self.method, column, shown.limit

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if any(getattr(new, name) != getattr(old, name) for name in _DEPENDS_ON):
            self._draw()
        elif new.attribution_method != old.attribution_method:
            self.setAccessibleDescription(self._accessible_text())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 120, HEIGHT)

    # ------------------------------------------------------------ texts

    def describe(self, word: int) -> str:
        """Return a word's attribution as text; "" where it is not known."""
        arcs = self.arcs
        if arcs is None or not arcs.fresh or not 0 <= word < min(len(arcs.values), len(self._shown.words)):
            return ""
        text = self.tr("%1: %2 for %3 · %4")
        parts = (
            method_name(self.method),
            shown_text(self._shown.tag),
            resolved_share(float(arcs.values[word]), arcs.limit, arcs.resolution),
            f"“{shown_text(self._shown.words[word])}”",
        )
        for number, part in zip((4, 3, 2, 1), parts, strict=True):
            text = text.replace(f"%{number}", part, 1)
        return text

    def _accessible_text(self) -> str:
        """Return the words with the largest attributions, for screen readers."""
        arcs = self.arcs
        strong = arcs.strongest()[:5] if arcs is not None and arcs.fresh else []
        return ", ".join(self.describe(word) for word in strong)

    # ------------------------------------------------------------ Qt

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_panel(painter, QRectF(self.rect()), self._theme)
            arcs = self.arcs
            self._paint_label(painter, arcs)
            if arcs is not None:
                width = self.width() - LABEL_WIDTH - RIGHT_MARGIN + 4
                arcs.paint(painter, QRectF(LABEL_WIDTH, 1, width, HEIGHT - 2))

    def _paint_label(self, painter: QPainter, arcs: Arcs | None) -> None:
        """Paint the tag, the method, the limit of the bars, and the legend of the signs."""
        theme, room = self._theme, LABEL_WIDTH - _LEFT - 2
        painter.setPen(QColor(theme.text))
        painter.setFont(text_font(11, bold=True))
        title = self.tr("score of %1").replace("%1", shown_text(self._shown.tag))
        metrics = QFontMetricsF(painter.font())
        painter.drawText(QPointF(_LEFT, 18), metrics.elidedText(title, Qt.TextElideMode.ElideRight, room))
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(10))
        painter.drawText(QPointF(_LEFT, 34), method_name(self.method))
        painter.drawText(QPointF(_LEFT, 49), self._scale(arcs))
        self._paint_signs(painter, theme)

    def _scale(self, arcs: Arcs | None) -> str:
        """Return the limit of the bars; "…" while there is no result."""
        if arcs is None or not arcs.fresh:
            return "…"
        if not arcs.strongest():
            return self.tr("no bars")
        return self.tr("scale ±%1").replace("%1", limit_text(arcs.limit))

    def _paint_signs(self, painter: QPainter, theme: Theme) -> None:
        painter.setFont(number_font(11))
        for left, sign, colour, style in (
            (_LEFT, "+", theme.plus, Qt.PenStyle.SolidLine),
            (_LEFT + 46, "−", theme.minus, Qt.PenStyle.DashLine),
        ):
            painter.setPen(QColor(theme.text))
            painter.drawText(QPointF(left, 67), sign)
            painter.setPen(QPen(QColor(colour), 2.5, style, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(left + 10, 63), QPointF(left + 34, 63))

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self._columns.at(event.position().x())
        if column is not None and event.button() == Qt.MouseButton.LeftButton:
            self.column_clicked.emit(column)

    def describe_at(self, point: QPointF) -> str:
        column = self._columns.at(point.x())
        return self.describe(column) if column is not None else ""

    def is_clickable(self, point: QPointF) -> bool:
        return True
