"""The plot of the gradient flow: the norms of the score's gradient back through the sentence."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.attribution.arcs import PALE
from lstm_viz.app.panels.attribution.flow_curves import Axes, FlowCurves, NormCurve
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.numerals import power
from lstm_viz.app.widgets.painting import number_font, text_font

_HEADER, _AXIS, _WORD, _TURNED = 48.0, 40.0, 16.0, 46.0
_UPRIGHT = 40.0
_DOT = 2.5
_SPACING_FOR_DOTS = 9.0
_CENTRE, _ELIDED = Qt.AlignmentFlag.AlignCenter, Qt.TextElideMode.ElideRight
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FlowPlot(HoverWidget):
    """Draws a `FlowCurves` on a logarithmic scale, over the words that the score can depend on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow: FlowCurves | None = None
        self._words: tuple[str, ...] = ()
        self._fresh, self._where, self._note = False, "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Gradient flow"))
        self.setWhatsThis(
            self.tr(
                "How much the score would change with a small change of h or c after each word: ‖∂ score"
                " / ∂ hₖ‖ and ‖∂ score / ∂ cₖ‖, on a logarithmic scale. The dashed line is the part that"
                " goes along the cell alone, through the product of the forget gates (of a GRU, of z)."
                " After Pascanu, Mikolov and Bengio, ICML 2013."
            )
        )

    def set_flow(self, flow: FlowCurves | None, words: tuple[str, ...], where: str, note: str = "") -> None:
        """Draw a flow over ``words``; ``where`` names the layer of the module it goes through.

        The ``note`` is drawn instead of a flow that is None.
        """
        self._flow, self._words, self._fresh = flow, words, True
        self._where, self._note = where, note
        self._hover.hide()
        self.setAccessibleDescription(self._accessible_text() or note)
        self.update()

    def set_stale(self) -> None:
        """Draw the flow pale and without numbers: it is not about the selection."""
        if self._fresh:
            self._fresh = False
            self._hover.hide()
            self.update()

    @property
    def fresh(self) -> bool:
        """Whether the flow is about the selection."""
        return self._fresh

    @property
    def flow(self) -> FlowCurves | None:
        return self._flow

    @property
    def axes(self) -> Axes | None:
        """The axes at the widget's size."""
        if self._flow is None:
            return None
        width, words = self.width() - _AXIS - 8, len(self._flow.words)
        labels_height = _WORD if width / max(1, words) >= _UPRIGHT else _TURNED
        return Axes(
            self._flow, QRectF(_AXIS, _HEADER, width, max(20.0, self.height() - _HEADER - labels_height - 4))
        )

    def sizeHint(self) -> QSize:
        return QSize(440, 210)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 150)

    # ------------------------------------------------------------ texts

    def describe(self, word: int) -> str:
        """Return the norms at a word."""
        if self._flow is None or not self._fresh:
            return ""
        lines = [f"“{shown_text(self._words[word])}”"]
        lines += [f"{_formula(curve)} = {power(float(curve.values[word]))}" for curve in self._flow.curves]
        return "\n".join(lines)

    def describe_at(self, point: QPointF) -> str:
        axes = self.axes
        word = axes.at(point.x()) if axes is not None else None
        return self.describe(word) if word is not None else ""

    def _accessible_text(self) -> str:
        """Return the flow at the step and at the word furthest from it, for screen readers."""
        flow = self._flow
        if flow is None or not flow.words:
            return ""
        far = max(flow.words, key=lambda word: abs(word - flow.step))
        return ". ".join(self.describe(word).replace("\n", ", ") for word in dict.fromkeys((flow.step, far)))

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint_head(painter)
            axes = self.axes
            if axes is None:
                self._paint_note(painter)
                return
            painter.setOpacity(1.0 if self._fresh else PALE)
            self._paint_scale(painter, axes)
            self._paint_words(painter, axes)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for curve in axes.flow.curves:
                self._paint_curve(painter, axes, curve)
            if self._fresh and axes.flow.has_nan:
                painter.setPen(QColor(self._theme.danger))
                painter.drawText(axes.room, _CENTRE, self.tr("NaN: some of it is not a number"))

    def _paint_head(self, painter: QPainter) -> None:
        """Paint the title, the layer and the legend."""
        theme, title = self._theme, self.tr("Gradient flow")
        painter.setPen(QColor(theme.text))
        painter.setFont(text_font(12, bold=True))
        painter.drawText(QPointF(0, 14), title)
        start = QFontMetricsF(painter.font()).horizontalAdvance(title) + 12
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(11))
        metrics = QFontMetricsF(painter.font())
        painter.drawText(
            QPointF(start, 14), metrics.elidedText(self._where, _ELIDED, max(0.0, self.width() - start))
        )
        if self._flow is None:
            return
        x = 0.0
        for curve in self._flow.curves:
            x = self._paint_entry(painter, x, curve)
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(11))
        painter.drawText(QPointF(x, 32), metrics.elidedText(self._note, _ELIDED, max(0.0, self.width() - x)))

    def _paint_note(self, painter: QPainter) -> None:
        """Paint why there is no flow."""
        room = QRectF(8, _HEADER, self.width() - 16, max(20.0, self.height() - _HEADER - _WORD))
        painter.setOpacity(1.0 if self._fresh else PALE)
        painter.setFont(text_font(12))
        painter.drawText(room, _CENTRE | Qt.TextFlag.TextWordWrap, self._note)

    def _paint_entry(self, painter: QPainter, x: float, curve: NormCurve) -> float:
        """Paint an entry of the legend at ``x``, and return the x of the next one."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen(curve))
        painter.drawLine(QPointF(x, 28), QPointF(x + 20, 28))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(self._theme.ink[curve.name]))
        font = text_font(11, bold=True)
        painter.setFont(font)
        text = _formula(curve)
        painter.drawText(QPointF(x + 25, 32), text)
        return x + 25 + QFontMetricsF(font).horizontalAdvance(text) + 16

    def _paint_scale(self, painter: QPainter, axes: Axes) -> None:
        theme, room = self._theme, axes.room
        painter.setFont(number_font(10))
        for tick in axes.ticks():
            y = round(axes.y(10.0**tick)) + 0.5
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            self._paint_tick(painter, y, f"1e{tick}".replace("-", "−"))
        if axes.flow.has_zeros:
            y = round(axes.y(0.0)) + 0.5
            painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            self._paint_tick(painter, y, "0")

    def _paint_tick(self, painter: QPainter, y: float, text: str) -> None:
        if self._fresh:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QRectF(0, y - 7, _AXIS - 6, 14), _RIGHT, text)

    def _paint_words(self, painter: QPainter, axes: Axes) -> None:
        room, theme = axes.room, self._theme
        upright = axes.spacing >= _UPRIGHT
        for word in axes.labelled():
            here = word == axes.flow.step
            font = text_font(10 if not upright else 11, bold=here)
            painter.setFont(font)
            painter.setPen(QColor(theme.text if here else theme.muted))
            metrics, text = QFontMetricsF(font), shown_text(self._words[word])
            if upright:
                place = QRectF(axes.x(word) - axes.spacing / 2, room.bottom() + 3, axes.spacing, _WORD)
                painter.drawText(place, _CENTRE, metrics.elidedText(text, _ELIDED, axes.spacing - 4))
            else:
                painter.save()
                painter.translate(axes.x(word), room.bottom() + 4)
                painter.rotate(-90)
                elided = metrics.elidedText(text, _ELIDED, _TURNED - 6)
                painter.drawText(QRectF(-_TURNED, -7, _TURNED - 2, 14), _RIGHT, elided)
                painter.restore()

    def _paint_curve(self, painter: QPainter, axes: Axes, curve: NormCurve) -> None:
        runs = axes.runs(curve)
        painter.setPen(self._pen(curve))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for run in runs:
            painter.drawPolyline(QPolygonF(run))
        points = [
            point for run in runs for point in run if axes.spacing >= _SPACING_FOR_DOTS or len(run) == 1
        ]
        if curve.dashed and len(axes.flow.words) > 1:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.quantity[curve.name]))
        for point in points:
            if curve.name == "c":
                painter.drawRect(QRectF(point.x() - _DOT, point.y() - _DOT, 2 * _DOT, 2 * _DOT))
            else:
                painter.drawEllipse(point, _DOT + 0.5, _DOT + 0.5)

    def _pen(self, curve: NormCurve) -> QPen:
        style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
        return QPen(QColor(self._theme.quantity[curve.name]), 2, style, Qt.PenCapStyle.FlatCap)


def _formula(curve: NormCurve) -> str:
    return curve.symbol if curve.dashed else f"‖∂ score / ∂ {curve.symbol}‖"
