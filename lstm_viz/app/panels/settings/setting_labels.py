"""Translated labels and help texts of the settings of a training."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.runs.settings import FIELDS

#: The labels of the settings.
_NAMES: Mapping[str, Any] = MappingProxyType(
    {
        "corpus": QT_TRANSLATE_NOOP("Setting", "corpus"),
        "dev": QT_TRANSLATE_NOOP("Setting", "measured on"),
        "cell": QT_TRANSLATE_NOOP("Setting", "cell"),
        "hidden_size": QT_TRANSLATE_NOOP("Setting", "hidden units"),
        "num_layers": QT_TRANSLATE_NOOP("Setting", "layers"),
        "bidirectional": QT_TRANSLATE_NOOP("Setting", "both ways"),
        "embedding_size": QT_TRANSLATE_NOOP("Setting", "embedding"),
        "characters": QT_TRANSLATE_NOOP("Setting", "characters"),
        "char_hidden_size": QT_TRANSLATE_NOOP("Setting", "char. units"),
        "char_embedding_size": QT_TRANSLATE_NOOP("Setting", "char. embedding"),
        "decoder": QT_TRANSLATE_NOOP("Setting", "decoder"),
        "optimiser": QT_TRANSLATE_NOOP("Setting", "optimiser"),
        "learning_rate": QT_TRANSLATE_NOOP("Setting", "learning rate"),
        "final_rate": QT_TRANSLATE_NOOP("Setting", "final rate"),
        "batch_size": QT_TRANSLATE_NOOP("Setting", "batch"),
        "epochs": QT_TRANSLATE_NOOP("Setting", "epochs"),
        "shuffle": QT_TRANSLATE_NOOP("Setting", "shuffle"),
        "dropout": QT_TRANSLATE_NOOP("Setting", "dropout"),
        "word_dropout": QT_TRANSLATE_NOOP("Setting", "word dropout"),
        "min_word_count": QT_TRANSLATE_NOOP("Setting", "rarest word"),
        "min_character_count": QT_TRANSLATE_NOOP("Setting", "rarest char."),
        "clip": QT_TRANSLATE_NOOP("Setting", "clip"),
        "checkpoint_every": QT_TRANSLATE_NOOP("Setting", "kept every"),
        "seed": QT_TRANSLATE_NOOP("Setting", "seed"),
    }
)

#: The help texts of `lstm_viz.runs.settings`, marked here for Qt's lupdate.
MARKED: tuple[Any, ...] = (
    QT_TRANSLATE_NOOP(
        "Setting", "what to learn from: tutorial or small, which are bundled, or CoNLL-U files"
    ),
    QT_TRANSLATE_NOOP(
        "Setting",
        "a CoNLL-U file that is not learnt from, to measure on (default: the bundled one, or "
        "every tenth sentence of the corpus)",
    ),
    QT_TRANSLATE_NOOP("Setting", "the recurrent cell: LSTM remembers longest, RNN is the plain one"),
    QT_TRANSLATE_NOOP("Setting", "units of the recurrent net: more can know more, and learn slower"),
    QT_TRANSLATE_NOOP("Setting", "recurrent layers, each reading the one below"),
    QT_TRANSLATE_NOOP("Setting", "read both ways: a tag then depends on the whole sentence"),
    QT_TRANSLATE_NOOP("Setting", "numbers that stand for a word before the net reads it"),
    QT_TRANSLATE_NOOP(
        "Setting", "also spell each word with a character LSTM, which helps with words never seen"
    ),
    QT_TRANSLATE_NOOP("Setting", "units of the character LSTM"),
    QT_TRANSLATE_NOOP("Setting", "numbers that stand for a character"),
    QT_TRANSLATE_NOOP(
        "Setting", "argmax tags word by word; crf learns which tag follows which, and uses Viterbi"
    ),
    QT_TRANSLATE_NOOP(
        "Setting", "how weights follow their gradients: sgd is the plain way, adam the quick one"
    ),
    QT_TRANSLATE_NOOP("Setting", "how far one step goes (adam: about 0.003; sgd: about 0.1)"),
    QT_TRANSLATE_NOOP("Setting", "the share of the learning rate that is left in the last epoch"),
    QT_TRANSLATE_NOOP("Setting", "sentences a step: more is faster and smoother"),
    QT_TRANSLATE_NOOP("Setting", "how often every sentence is read"),
    QT_TRANSLATE_NOOP("Setting", "another order of sentences in every epoch"),
    QT_TRANSLATE_NOOP("Setting", "the share of numbers set to zero in training, against learning by heart"),
    QT_TRANSLATE_NOOP(
        "Setting", "how readily a rare word is hidden in training, so that unknown ones are met"
    ),
    QT_TRANSLATE_NOOP("Setting", "rarer words count as unknown"),
    QT_TRANSLATE_NOOP("Setting", "rarer characters count as unknown"),
    QT_TRANSLATE_NOOP("Setting", "the longest gradient that is let through; 0 lets all through"),
    QT_TRANSLATE_NOOP("Setting", "epochs from one kept checkpoint to the next"),
    QT_TRANSLATE_NOOP("Setting", "where the random numbers start: the same seed, the same run"),
)

_CHOICES: Mapping[str, str] = MappingProxyType(
    {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN", "crf": "CRF", "sgd": "SGD", "adam": "Adam"}
)
_YES_NO: tuple[Any, Any] = (QT_TRANSLATE_NOOP("Setting", "no"), QT_TRANSLATE_NOOP("Setting", "yes"))


def setting_name(name: str) -> str:
    """Return the label of the setting ``name``."""
    return QCoreApplication.translate("Setting", _NAMES[name])


def setting_about(name: str) -> str:
    """Return the help text of the setting ``name``."""
    return QCoreApplication.translate("Setting", FIELDS[name].about)


def choice_name(choice: str) -> str:
    """Return the label of a choice, a name that is the same in every language."""
    return _CHOICES.get(choice, choice)


def value_text(value: object) -> str:
    """Return a setting's value as text for a list or a table."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return QCoreApplication.translate("Setting", _YES_NO[value])
    if isinstance(value, tuple):
        return ", ".join(str(part).replace("\\", "/").rsplit("/", 1)[-1] for part in value)
    if isinstance(value, float):
        return f"{value:g}"
    return choice_name(str(value))
