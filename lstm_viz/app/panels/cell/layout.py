"""The layout of a diagram's numbers in its frame: a pure function of frame and values."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from lstm_viz.app.panels.cell.fonts import size_of
from lstm_viz.app.panels.cell.frame import Frame, PlacedNode, PlacedSymbol
from lstm_viz.app.panels.cell.scene import NumberLabel
from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.app.texts import counted
from lstm_viz.app.widgets.labels import unit_name


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A line of text and its rectangle."""

    text: str
    rect: QRectF


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label, its two texts and their rectangles; either text may be empty."""

    label: NumberLabel
    symbol: str
    symbol_rect: QRectF
    number: str
    number_rect: QRectF

    @property
    def rect(self) -> QRectF:
        """The bounding rectangle of both texts."""
        return self.symbol_rect.united(self.number_rect)


@dataclass(frozen=True, slots=True)
class Layout:
    """A frame with its numbers: those of the gates and those of the labels.

    ``about`` is the text that names step and unit.
    """

    frame: Frame
    gates: dict[str, str]
    labels: tuple[PlacedLabel, ...]
    word: PlacedText
    about: PlacedText

    @property
    def nodes(self) -> dict[str, PlacedNode]:
        """The frame's boxes by name."""
        return self.frame.nodes


def place(frame: Frame, values: StepValues) -> Layout:
    """Return the layout of the numbers of ``values`` in their frame."""
    about = _about(frame, values)
    return Layout(
        frame=frame,
        gates={name: values.texts[name] for name, placed in frame.nodes.items() if placed.is_gate},
        labels=tuple(_label(frame, symbol, values) for symbol in frame.labels),
        word=_word(frame, values.word, about.rect.left() - frame.gap),
        about=about,
    )


def _label(frame: Frame, placed: PlacedSymbol, values: StepValues) -> PlacedLabel:
    number = values.texts[placed.label.number] if placed.label.number else ""
    rect = placed.number_rect(size_of(frame.fonts.number, number).width())
    return PlacedLabel(placed.label, placed.text, placed.rect, number, rect)


def _word(frame: Frame, word: str, right: float) -> PlacedText:
    left, font = frame.word.number_anchor.left(), frame.fonts.name
    room = max(right - left, 0.0)
    text = QFontMetricsF(font).elidedText(f"“{word}”", Qt.TextElideMode.ElideMiddle, room)
    return PlacedText(text, QRectF(QPointF(left, frame.word.rect.top()), size_of(font, text)))


def _about(frame: Frame, values: StepValues) -> PlacedText:
    if values.unit is None:
        mean = QCoreApplication.translate("CellDiagram", "mean over %1 unit(|s)", None, values.units)
        text = counted(mean, values.units)
    else:
        text = unit_name(values.unit)
    width = size_of(frame.fonts.symbol, text).width()
    return PlacedText(text, frame.about.adjusted(-width, 0, 0, 0))
