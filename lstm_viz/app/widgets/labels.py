"""Translated labels for the names of quantities and parts of the input."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.texts import put
from lstm_viz.cells import QUANTITIES
from lstm_viz.ordinals import ordinal

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


def unit_name(unit: int) -> str:
    """Return the name of a unit: "unit 1" for the one with index 0."""
    return put(QCoreApplication.translate("Place", "unit %1"), ordinal(unit))


def layer_name(layer: int) -> str:
    """Return the name of a layer: "layer 1" for the lowest, with index 0."""
    return put(QCoreApplication.translate("Place", "layer %1"), ordinal(layer))


def direction_name(direction: int) -> str:
    """Return the name of a direction of a recurrent module, 0 or 1."""
    return part_name("backward" if direction else "forward")
