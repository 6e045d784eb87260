"""Not enough memory for a training: which one, how much it takes about, and what would take less."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.runs.settings import Settings
from lstm_viz.training import corpora

if TYPE_CHECKING:
    from lstm_viz.training.task import Task

#: What is said where it cannot be told how much it takes.
NO_MEMORY = "There is not enough memory for this training."
_FLOAT = 4
#: What a step keeps of a unit for the backward pass: gates and states, and what cuDNN or oneDNN copy of them.
_KEPT = {"lstm": 12, "gru": 9, "rnn": 3}
_READ = 12  # a word of a treebank takes 50 bytes in its file, and some 600 as Python objects while it is read


class ShortageError(Exception):
    """There is not enough memory; the text is a sentence for a person."""


@contextmanager
def shortage_named(sentence: Callable[[], str]) -> Iterator[None]:
    """Raise a `ShortageError` with this sentence instead of whatever says that memory could not be had."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        error.__traceback__ = None  # its frames hold what took the memory
        raise ShortageError(_told(sentence)) from error


def _told(sentence: Callable[[], str]) -> str:
    try:
        return sentence()
    except Exception:  # there is not even enough to find out how much it takes
        return NO_MEMORY


def of_training(task: "Task") -> str:
    """Return the sentence where a tagger and its batches do not fit."""
    return (
        f"There is not enough memory for this training, which needs about {_size(needed_bytes(task))} "
        f"({task.parameters():,} parameters, sentences of up to {_longest(task):,} words). "
        "Make the hidden size, the number of layers or the batch size smaller, or leave out long sentences."
    )


def of_corpora(settings: Settings) -> str:
    """Return the sentence where the corpora do not fit."""
    found = (path.stat().st_size for path in corpora.paths(settings) if path.is_file())
    return (
        f"There is not enough memory to read the corpus: it needs about {_size(_READ * sum(found))}. "
        "Train on fewer files, or close other programs."
    )


def needed_bytes(task: "Task") -> int:
    """Return about how many bytes a step of a training needs: weights, optimiser and what backward needs."""
    settings, sizes = task.settings, task.model.sizes
    copies = 4 if settings.optimiser == "adam" else 2  # weights and gradients; Adam has two moments of each
    units = settings.num_layers * (1 + settings.bidirectional) * settings.hidden_size
    a_word = sizes.embedding_size + sizes.char_hidden_size + _KEPT[settings.cell] * units
    words = _longest(task) * settings.batch_size
    return _FLOAT * (copies * task.parameters() + words * (a_word + 3 * len(task.model.tags)))


def _longest(task: "Task") -> int:
    return max(len(sentence.words) for sentence in (*task.train, *task.dev))


def _size(nbytes: int) -> str:
    return f"{nbytes / 1e9:,.1f} GB" if nbytes >= 1e9 else f"{max(1, round(nbytes / 1e6)):,} MB"
