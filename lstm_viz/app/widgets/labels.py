"""Translated labels for the names of quantities and parts of the input."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.cells import QUANTITIES

#: Marked here for Qt's lupdate.
_MARKED = (
    QT_TRANSLATE_NOOP("Quantity", "forget"),
    QT_TRANSLATE_NOOP("Quantity", "input"),
    QT_TRANSLATE_NOOP("Quantity", "candidate"),
    QT_TRANSLATE_NOOP("Quantity", "cell state"),
    QT_TRANSLATE_NOOP("Quantity", "output"),
    QT_TRANSLATE_NOOP("Quantity", "hidden"),
    QT_TRANSLATE_NOOP("Quantity", "reset"),
    QT_TRANSLATE_NOOP("Quantity", "update"),
    QT_TRANSLATE_NOOP("Quantity", "new"),
    QT_TRANSLATE_NOOP("Quantity", "step's input"),
    QT_TRANSLATE_NOOP("Part", "word"),
    QT_TRANSLATE_NOOP("Part", "characters"),
    QT_TRANSLATE_NOOP("Part", "character"),
    QT_TRANSLATE_NOOP("Part", "forward"),
    QT_TRANSLATE_NOOP("Part", "backward"),
    QT_TRANSLATE_NOOP("Part", "layer below"),
)


def quantity_name(name: str) -> str:
    """Return the label of the quantity ``name``: "forget" for "f"."""
    return QCoreApplication.translate("Quantity", QUANTITIES[name].name)


def part_name(part: str) -> str:
    """Return the label of a part of a step's input."""
    return QCoreApplication.translate("Part", part)
