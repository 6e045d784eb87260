"""The names of the quantities, translated."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.cells import QUANTITIES

_LONG = {
    "f": QT_TRANSLATE_NOOP("Gate", "forget gate f"),
    "i": QT_TRANSLATE_NOOP("Gate", "input gate i"),
    "g": QT_TRANSLATE_NOOP("Gate", "candidate g"),
    "o": QT_TRANSLATE_NOOP("Gate", "output gate o"),
    "r": QT_TRANSLATE_NOOP("Gate", "reset gate r"),
    "z": QT_TRANSLATE_NOOP("Gate", "update gate z"),
    "n": QT_TRANSLATE_NOOP("Gate", "new state n"),
    "c": QT_TRANSLATE_NOOP("Gate", "cell state c"),
    "h": QT_TRANSLATE_NOOP("Gate", "hidden state h"),
    "x": QT_TRANSLATE_NOOP("Gate", "input x"),
}


_STAGES = {
    "forget": QT_TRANSLATE_NOOP("Stage", "forget"),
    "write": QT_TRANSLATE_NOOP("Stage", "write"),
    "read out": QT_TRANSLATE_NOOP("Stage", "read out"),
    "weigh": QT_TRANSLATE_NOOP("Stage", "weigh"),
    "add": QT_TRANSLATE_NOOP("Stage", "add"),
    "squash": QT_TRANSLATE_NOOP("Stage", "squash"),
}


def gate_name(quantity: str) -> str:
    """Return the text of a gate's box: letter and name, for example ``f forget``."""
    known = QUANTITIES[quantity]
    return f"{known.symbol} {QCoreApplication.translate('Quantity', known.name)}"


def long_name(quantity: str) -> str:
    """Return the name of a quantity within a sentence, for example ``forget gate f``."""
    return QCoreApplication.translate("Gate", str(_LONG[quantity]))


def stage_name(stage: str) -> str:
    """Return the name of a stage of the playback."""
    return QCoreApplication.translate("Stage", str(_STAGES[stage]))
