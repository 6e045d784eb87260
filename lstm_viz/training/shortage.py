"""Error messages for trainings that do not fit into memory: about how much they need, and what needs less."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training import corpora

if TYPE_CHECKING:
    from lstm_viz.training.task import Task

#: The message where the needed memory cannot be estimated.
NO_MEMORY = "There is not enough memory for this training."
_FLOAT = 4
#: Numbers kept per unit and step for backward: gates, states, and copies of them by cuDNN or oneDNN.
_KEPT = {"lstm": 12, "gru": 9, "rnn": 3}
_READ = 12  # a word of a treebank takes 50 bytes in its file, and about 600 as Python objects during parsing


class ShortageError(Exception):
    """There is not enough memory; the message is a sentence for the user."""


@contextmanager
def shortage_as_error(sentence: Callable[[], str]) -> Iterator[None]:
    """Raise `ShortageError` with this message instead of an out-of-memory error."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        error.__traceback__ = None  # its frames hold the tensors that filled the memory
        raise ShortageError(_message(sentence)) from error


def _message(sentence: Callable[[], str]) -> str:
    try:
        return sentence()
    except Exception:  # not even enough memory for the estimate
        return NO_MEMORY


def training_shortage(task: "Task") -> str:
    """Return the error message for a tagger whose batches do not fit into memory."""
    return (
        f"There is not enough memory for this training, which needs about {_size(needed_bytes(task))} "
        f"({task.parameters():,} parameters, sentences of up to {_longest(task):,} words). "
        "Make the hidden size, the number of layers or the batch size smaller, or leave out long sentences."
    )


def corpora_shortage(settings: TrainingSettings) -> str:
    """Return the error message for corpora that do not fit into memory."""
    found = (path.stat().st_size for path in corpora.paths(settings) if os.path.isfile(path))  # noqa: PTH113  # it never raises
    return (
        f"There is not enough memory to read the corpus: it needs about {_size(_READ * sum(found))}. "
        "Train on fewer files, or close other programs."
    )


def needed_bytes(task: "Task") -> int:
    """Return an estimate of the bytes of a training step: weights, optimiser state and saved tensors."""
    settings, sizes = task.settings, task.model.sizes
    copies = 4 if settings.optimiser == "adam" else 2  # weights and gradients, and Adam's two moments
    units = settings.num_layers * (1 + settings.bidirectional) * settings.hidden_size
    a_word = sizes.embedding_size + sizes.char_hidden_size + _KEPT[settings.cell] * units
    words = _longest(task) * settings.batch_size
    return _FLOAT * (copies * task.parameters() + words * (a_word + 3 * len(task.model.tags)))


def _longest(task: "Task") -> int:
    return max(len(sentence.words) for sentence in (*task.train, *task.dev))


def _size(nbytes: int) -> str:
    return f"{nbytes / 1e9:,.1f} GB" if nbytes >= 1e9 else f"{max(1, round(nbytes / 1e6)):,} MB"
