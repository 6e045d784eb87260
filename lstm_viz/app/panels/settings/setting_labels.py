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
        "dev": QT_TRANSLATE_NOOP("Setting", "evaluated on"),
        "cell": QT_TRANSLATE_NOOP("Setting", "cell"),
        "hidden_size": QT_TRANSLATE_NOOP("Setting", "hidden units"),
        "num_layers": QT_TRANSLATE_NOOP("Setting", "layers"),
        "bidirectional": QT_TRANSLATE_NOOP("Setting", "bidirectional"),
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
        "min_word_count": QT_TRANSLATE_NOOP("Setting", "min. word count"),
        "min_character_count": QT_TRANSLATE_NOOP("Setting", "min. char. count"),
        "clip": QT_TRANSLATE_NOOP("Setting", "clip"),
        "checkpoint_every": QT_TRANSLATE_NOOP("Setting", "kept every"),
        "seed": QT_TRANSLATE_NOOP("Setting", "seed"),
    }
)

#: The help texts of `lstm_viz.runs.settings`, marked here for Qt's lupdate.
MARKED: tuple[Any, ...] = (
    QT_TRANSLATE_NOOP("Setting", "training data: tutorial or small, which are bundled, or CoNLL-U files"),
    QT_TRANSLATE_NOOP(
        "Setting",
        "a CoNLL-U file to evaluate on (default: the bundled one, or every tenth sentence of the corpus)",
    ),
    QT_TRANSLATE_NOOP("Setting", "kind of the recurrent cell"),
    QT_TRANSLATE_NOOP("Setting", "hidden units of each recurrent layer"),
    QT_TRANSLATE_NOOP("Setting", "stacked recurrent layers"),
    QT_TRANSLATE_NOOP("Setting", "add the reverse direction: a tag then depends on the whole sentence"),
    QT_TRANSLATE_NOOP("Setting", "size of a word's embedding"),
    QT_TRANSLATE_NOOP("Setting", "also encode each word with a character-level LSTM, for unknown words"),
    QT_TRANSLATE_NOOP("Setting", "hidden units of the character-level LSTM"),
    QT_TRANSLATE_NOOP("Setting", "size of a character's embedding"),
    QT_TRANSLATE_NOOP(
        "Setting", "argmax tags word by word; crf learns transitions between tags and uses Viterbi"
    ),
    QT_TRANSLATE_NOOP("Setting", "sgd, or adam, which usually converges faster"),
    QT_TRANSLATE_NOOP("Setting", "learning rate (adam: about 0.003; sgd: about 0.1)"),
    QT_TRANSLATE_NOOP("Setting", "fraction of the learning rate in the last epoch"),
    QT_TRANSLATE_NOOP("Setting", "sentences per step"),
    QT_TRANSLATE_NOOP("Setting", "passes over the corpus"),
    QT_TRANSLATE_NOOP("Setting", "shuffle the sentences in every epoch"),
    QT_TRANSLATE_NOOP("Setting", "probability of an element to be zeroed in training, against overfitting"),
    QT_TRANSLATE_NOOP("Setting", "how readily a rare word is replaced by the unknown one in training"),
    QT_TRANSLATE_NOOP("Setting", "words with fewer occurrences are unknown"),
    QT_TRANSLATE_NOOP("Setting", "characters with fewer occurrences are unknown"),
    QT_TRANSLATE_NOOP("Setting", "maximum norm of the gradient; 0 does not clip"),
    QT_TRANSLATE_NOOP("Setting", "epochs between kept checkpoints"),
    QT_TRANSLATE_NOOP("Setting", "seed of the random numbers: equal seeds give equal runs"),
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
