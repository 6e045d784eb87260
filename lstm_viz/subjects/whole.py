"""Subjects that are read as a whole: an input has one run, with the traces of all recurrent modules."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from lstm_viz.subjects.readout import Outputs
from lstm_viz.subjects.subject import Columns, Identity, Recurrent, Source
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.tracing.substitution import Computation

if TYPE_CHECKING:
    from lstm_viz.subjects.module import Run


class WholeSubject(ABC):
    """A subject whose modules are known by what they computed on an input: see `Subject` for its members.

    A model (`ModuleSubject`) computes any input; of a trace (`TraceSubject`) the inputs are its sequences.
    """

    @property
    @abstractmethod
    def identity(self) -> Identity: ...

    @property
    @abstractmethod
    def recurrents(self) -> tuple[Recurrent, ...]: ...

    @property
    @abstractmethod
    def readout(self) -> Outputs | None: ...

    @property
    @abstractmethod
    def rules(self) -> Hashable: ...

    @property
    @abstractmethod
    def version(self) -> Hashable:
        """A key of the weights."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names of the inputs that were given; any text is an input where there are none."""

    @abstractmethod
    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns: ...

    @abstractmethod
    def knows(self, column: str) -> bool: ...

    @abstractmethod
    def sources(self, text: str, path: str, column: int) -> tuple[Source, ...]:
        """Return the sources of the input of a module that reads the columns, in the order of its parts."""

    @abstractmethod
    def read(self, text: str) -> "Run":
        """Return the forward pass of an input.

        Raises `lstm_viz.subjects.errors.InvalidInputError` where there is no such input.
        """

    @abstractmethod
    def evaluate(self, text: str, computations: Mapping[str, Computation]) -> Tensor | None:
        """Return the scores (R, K) where some modules, by path, compute something else.

        Raises `lstm_viz.subjects.errors.UnsupportedError` without a model.
        """
