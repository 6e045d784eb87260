"""The legend above a trellis: the meaning of its shades, frames and lines."""

from PySide6.QtCore import QCoreApplication, QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lstm_viz.app.panels.heatmaps.columns import LABEL_WIDTH
from lstm_viz.app.panels.trellis.trellis_nodes import LIMIT, alone_pen, path_pen, step_pen
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.pictures import blend, image_of

translate = QCoreApplication.translate

_SIGN = QRectF(0, -5, 20, 10)  # around the centre of the line
_SPACE = 5.0
_BETWEEN = 16.0
_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def paint_legend(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint title and legend into ``rect``; entries that do not fit at its right are omitted."""
    painter.setPen(QColor(theme.text))
    painter.setFont(text_font(12, bold=True))
    painter.drawText(rect.adjusted(14, 0, 0, 0), _MIDDLE, translate("Trellis", "Viterbi"))
    painter.setFont(text_font(11))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    room = rect.adjusted(LABEL_WIDTH, 0, -8, 0)
    for paint_sign, text in (
        (_paint_ramp, translate("Trellis", "δ − max δ: −%1 … 0").replace("%1", f"{LIMIT:g}")),
        (_paint_chosen, translate("Trellis", "best path")),
        (_paint_alone, translate("Trellis", "best of the word alone")),
        (_paint_step, translate("Trellis", "best way to each tag")),
    ):
        width = painter.fontMetrics().horizontalAdvance(text)
        needed = _SIGN.width() + _SPACE + width
        if needed > room.width():
            return
        paint_sign(painter, _SIGN.translated(room.left(), room.center().y()), theme)
        painter.setPen(QColor(theme.muted))
        painter.drawText(room.adjusted(_SIGN.width() + _SPACE, 0, 0, 0), _MIDDLE, text)
        room = room.adjusted(needed + _BETWEEN, 0, 0, 0)


def _paint_ramp(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    draw_cells(painter, sign, image_of(blend(theme.panel, theme.muted)[None]))
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawRect(sign)


def _paint_chosen(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    painter.setPen(path_pen(theme))
    painter.drawRoundedRect(sign, 3, 3)


def _paint_alone(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    painter.setPen(alone_pen(theme))
    painter.drawRoundedRect(sign, 3, 3)


def _paint_step(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    painter.setPen(step_pen(theme))
    painter.drawLine(QLineF(sign.left(), sign.center().y(), sign.right(), sign.center().y()))
