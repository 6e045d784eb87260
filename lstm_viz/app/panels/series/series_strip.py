"""The strip of the series of a reading, on the columns of the heatmaps."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.panels.heatmaps.marks_legend import paint_past
from lstm_viz.app.panels.series.series import LineKind, Series
from lstm_viz.app.panels.series.series_painter import SeriesRow, line_pen, paint_dots, paint_heat
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.painting import paint_panel, plain, text_font

#: The most series that have a curve each; of more one is chosen.
MOST_CURVES = 3
_ROW, _SMALL_ROW, _GAP = 48.0, 34.0, 4.0
_ROOM_FOR_ROWS = 620
_LEGEND = 17.0
_FEATURE, _LEAST_PICTURE, _MOST_PICTURE = 4.0, 34.0, 110.0


class SeriesStrip(HoverWidget):
    """Draws series as curves, one below the other; hidden without any.

    Of many series there is a picture with a row each, and the curve of the chosen one: a click on its row, or
    ↑ and ↓, choose it. Those ``with_heat`` have a strip of cells under each curve; else there is a legend.

    Signals
    -------
    column_clicked(column)
        A column was clicked.
    """

    column_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, with_heat: bool) -> None:
        super().__init__(parent)
        self._with_heat = with_heat
        self._series: tuple[Series, ...] = ()
        self._texts: tuple[str, ...] = ()
        self._columns, self._column, self._chosen = ColumnLayout(), 0, 0
        self._row = _ROW
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._names: dict[LineKind, str] = {
            "input": self.tr("input"),
            "prediction": self.tr("prediction"),
            "before": self.tr("before the edits"),
            "target": self.tr("target"),
        }
        self.setAccessibleName(self.tr("Features of the input") if with_heat else self.tr("Predicted values"))
        if with_heat:
            self.setWhatsThis(
                self.tr(
                    "The numbers of the vectors that the model was given, as curves and as cells: each from "
                    "its least to its greatest value in the sequence, which stand under its name."
                )
            )
        else:
            self.setWhatsThis(
                self.tr(
                    "The real values that the model predicts for each step, with their true values where "
                    "these are known. The limits of the scale are the least and the greatest of all of them."
                )
            )
        self.hide()

    # ------------------------------------------------------------ data

    def set_series(self, series: tuple[Series, ...], texts: tuple[str, ...], columns: ColumnLayout) -> None:
        """Draw series on ``columns`` with these ``texts``."""
        if not series and not self._series:
            return
        if len(series) != len(self._series):
            self._chosen = 0
            self.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if len(series) > MOST_CURVES else Qt.FocusPolicy.NoFocus
            )
            self.updateGeometry()
        self._series, self._texts, self._columns = series, texts, columns
        self.setVisible(bool(series))
        self._hover.hide()
        self._describe()
        self.update()

    def set_column(self, column: int) -> None:
        """Set the column of the playhead."""
        if column != self._column and self._series:
            self._describe()
            self.update()
        self._column = column

    def set_room(self, height: int) -> None:
        """Take less room of a small ``height`` of all heatmaps and strips."""
        row = _ROW if height >= _ROOM_FOR_ROWS else _SMALL_ROW
        if row != self._row:
            self._row = row
            self.updateGeometry()

    def choose(self, series: int) -> None:
        """Show the curve of one of many series."""
        self._chosen = max(0, min(series, len(self._series) - 1))
        self._describe()
        self.update()

    @property
    def is_needed(self) -> bool:
        return bool(self._series)

    @property
    def rows(self) -> tuple[SeriesRow, ...]:
        """The series that have a curve."""
        top = self._picture.bottom() + _GAP if self._has_picture else self._legend_height
        shown = (self._series[self._chosen],) if self._has_picture else self._series
        return tuple(
            SeriesRow(
                one,
                QRectF(0, top + k * (self._row + _GAP), self.width(), self._row),
                self._columns,
                self._theme,
                self._with_heat,
            )
            for k, one in enumerate(shown)
        )

    @property
    def _has_picture(self) -> bool:
        return len(self._series) > MOST_CURVES

    @property
    def _legend_height(self) -> float:
        return 0.0 if self._with_heat else _LEGEND

    @property
    def _picture(self) -> QRectF:
        """The rectangle of the picture of many series."""
        height = max(_LEAST_PICTURE, min(_FEATURE * len(self._series), _MOST_PICTURE))
        return QRectF(0, self._legend_height, self.width(), height)

    def sizeHint(self) -> QSize:
        rows = 1 if self._has_picture else len(self._series)
        picture = self._picture.height() + _GAP if self._has_picture else 0
        return QSize(400, int(self._legend_height + picture + rows * (self._row + _GAP) - _GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 120, self.sizeHint().height())

    # ------------------------------------------------------------ texts

    def _describe(self) -> None:
        if self._column < len(self._texts):
            self.setAccessibleDescription(", ".join(self._at(row.series, self._column) for row in self.rows))

    def _at(self, series: Series, column: int) -> str:
        """Return the numbers of a series at a column."""
        numbers = (
            f"{self._names[line.kind]} {plain(float(line.values[column]), 6)}" for line in series.lines
        )
        return f"{shown_text(series.name)}: {' · '.join(numbers)}"

    def describe_at(self, point: QPointF) -> str:
        column, series = self._columns.at(point.x()), self._series_at(point)
        if column is None or series is None or column >= len(self._texts):
            return ""
        return f"“{shown_text(self._texts[column])}”\n{self._at(self._series[series], column)}"

    def is_clickable(self, point: QPointF) -> bool:
        return self._series_at(point) is not None

    def _series_at(self, point: QPointF) -> int | None:
        picture = self._picture
        if self._has_picture and picture.contains(point):
            share = (point.y() - picture.top()) / picture.height()
            return min(int(share * len(self._series)), len(self._series) - 1)
        for k, row in enumerate(self.rows):
            if row.rect.contains(point):
                return self._chosen if self._has_picture else k
        return None

    # ------------------------------------------------------------ Qt

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        series, column = self._series_at(event.position()), self._columns.at(event.position().x())
        if series is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._has_picture:
            self.choose(series)
        if column is not None:
            self.column_clicked.emit(column)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if self._has_picture and event.key() in moves:
            self.choose(self._chosen + moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._theme.ground))
            if self._has_picture:
                self._paint_picture(painter)
            if not self._with_heat:
                self._paint_legend(painter)
            for row in self.rows:
                edge = self._theme.quantity["x"] if self._with_heat else ""
                paint_panel(painter, row.rect, self._theme, edge=edge)
                row.paint_label(painter)
                row.paint(painter, self._column)
            self._paint_past(painter)
            self._paint_playhead(painter)

    def _paint_past(self, painter: QPainter) -> None:
        """Hatch the columns past the end of the sequence."""
        pictures = [self._picture] if self._has_picture else []
        for rect in [*pictures, *(row.rect for row in self.rows)] if self._columns.past else ():
            paint_past(painter, self._columns.past_end(rect.top() + 3, rect.height() - 6), self._theme)

    def _paint_picture(self, painter: QPainter) -> None:
        """Paint the values of all series, and a frame around the chosen one's."""
        theme, picture = self._theme, self._picture
        paint_panel(painter, picture, theme, edge=theme.quantity["x"] if self._with_heat else "")
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(10))
        text = self.tr("%1 features") if self._with_heat else self.tr("%1 values")
        painter.drawText(QPointF(14, picture.top() + 16), put(text, len(self._series)))
        painter.setPen(QColor(theme.text) if self.hasFocus() else QColor(theme.muted))
        painter.drawText(QPointF(14, picture.top() + 29), self.tr("each to its scale"))
        cells = picture.adjusted(0, 3, 0, -3)
        paint_heat(painter, self._series, cells, self._columns, theme)
        height = cells.height() / len(self._series)
        top = cells.top() + self._chosen * height
        frame = QRectF(LABEL_WIDTH - 6, top - 1, self.width() - LABEL_WIDTH, max(height, 2.0) + 2)
        painter.setPen(QPen(QColor(theme.text), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)

    def _paint_legend(self, painter: QPainter) -> None:
        """Paint a sample of each kind of line with its name; there are no others."""
        painter.setFont(text_font(11))
        left, middle = float(LABEL_WIDTH), _LEGEND / 2 - 1
        for line in self._series[0].lines if self._series else ():
            ends = QPointF(left, middle), QPointF(left + 24, middle)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(line_pen(line.kind, self._theme))
            painter.drawLine(*ends)
            paint_dots(painter, [QPointF(left + 12, middle)], line.kind, self._theme)
            painter.setPen(QColor(self._theme.muted))
            name = self._names[line.kind]
            painter.drawText(QPointF(left + 30, middle + 4), name)
            left += 30 + QFontMetricsF(painter.font()).horizontalAdvance(name) + 18

    def _paint_playhead(self, painter: QPainter) -> None:
        if self._column not in self._columns.visible():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 2))
        left, top = self._columns.left(self._column), self._legend_height + 1
        painter.drawRoundedRect(QRectF(left, top, self._columns.width, self.height() - top - 1), 4, 4)
