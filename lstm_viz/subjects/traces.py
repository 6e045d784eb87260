"""A trace as a subject: the numbers of one call of a recurrent module, without the weights and the model.

Its inputs are the sequences of the batch. A long one is read in sections.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from torch import Tensor, nn

from lstm_viz.meta_device import meta_device
from lstm_viz.opening.reads import display_name
from lstm_viz.ordinals import ordinal
from lstm_viz.subjects.axes import Axes
from lstm_viz.subjects.captured_calls import single
from lstm_viz.subjects.errors import InvalidInputError, ModelError, UnsupportedError
from lstm_viz.subjects.input_parts import Part
from lstm_viz.subjects.module import Run
from lstm_viz.subjects.readout import Outputs
from lstm_viz.subjects.subject import Columns, Identity, Recurrent, Source
from lstm_viz.subjects.whole import WholeSubject
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.tracing import NotKeptError, SavedTrace, Trace, load_trace
from lstm_viz.tracing.substitution import Computation

#: The numbers of a section: 6 MB are sent and drawn in some hundredths of a second.
_MOST_NUMBERS = 1_500_000
_MOST_COLUMNS = 1000
#: What all sections have in common, computed once.
_OF_THE_WHOLE = ("identity", "names", "recurrents", "_steps")


@dataclass(frozen=True, eq=False)
class TraceSubject(WholeSubject):
    """A section of a trace.

    Parameters
    ----------
    trace : Trace
        With all quantities and x.
    path : str
        That of the module; may be empty.
    uri, title, about : str
        As of `lstm_viz.subjects.subject.Identity`.
    first : int
        The first step of the section: see `section`.

    Raises
    ------
    ModelError
        If the trace was captured without some of its quantities.
    """

    trace: Trace
    path: str = ""
    uri: str = "live:trace"
    title: str = "Trace"
    about: str = ""
    first: int = 0

    def __post_init__(self) -> None:
        lacking = [name for name in (*self.trace.KIND.order, "x") if not _has(self.trace, name)]
        if lacking:
            raise ModelError("trace_lacks_quantities", lacking=", ".join(lacking))

    # ------------------------------------------------------------ the description

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.uri, self.title, self.about, self.names[0], 0, ())

    @cached_property
    def recurrents(self) -> tuple[Recurrent, ...]:
        module = _module(self.trace)
        return (Recurrent(self.path, module, "steps", (("input", module.input_size),)),)

    @property
    def readout(self) -> Outputs | None:
        """None: what was made of the states is not in the trace."""
        return None

    @property
    def rules(self) -> Hashable:
        return id(self.trace)

    @property
    def version(self) -> Hashable:
        """None: a trace does not change."""
        return None

    @cached_property
    def names(self) -> tuple[str, ...]:
        batch = len(self.trace.lengths)
        if batch == 1:
            return ("trace",)
        return tuple(f"sequence {ordinal(k)} of {batch}" for k in range(batch))

    # ------------------------------------------------------------ sections

    def section(self, text: str, first: int) -> Self:
        """Return the section of an input from the step ``first`` on, or the last one that is as long."""
        length = int(self.trace.lengths[self.names.index(text)]) if text in self.names else 0
        made = replace(self, first=max(0, min(first, length - self._steps)))
        vars(made).update({name: getattr(self, name) for name in _OF_THE_WHOLE})
        return made

    @cached_property
    def _steps(self) -> int:
        """The number of steps of a section."""
        _, directions, _, _, size = self.trace.h.shape
        widest_input = max(
            self.trace.x.shape[-1], directions * size
        )  # an upper layer reads h of the one below
        width = widest_input + sum(values.shape[-1] for values in self.trace.quantities.values())
        return int(max(1, min(_MOST_COLUMNS, _MOST_NUMBERS // max(1, width))))

    # ------------------------------------------------------------ inputs

    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns:
        if not text.strip():
            return Columns((), 0)
        return Columns(self.read(text).tokens, int(self.trace.lengths[self._sequence(text)]))

    def knows(self, column: str) -> bool:
        return True

    def sources(self, text: str, path: str, column: int) -> tuple[Source, ...]:
        run = self.read(text)
        return tuple(
            Source(part.name, part.values[column], run.tokens[column].text) for part in run.parts[path]
        )

    def read(self, text: str) -> Run:
        runs = self._runs
        if text not in runs:
            runs[text] = self._run(text)
        return runs[text]

    def evaluate(self, text: str, computations: Mapping[str, Computation]) -> Tensor | None:
        """Raise `UnsupportedError`: there is nothing to compute with."""
        raise UnsupportedError("subject_without_weights")

    @cached_property
    def _runs(self) -> dict[str, Run]:
        return {}

    def _sequence(self, text: str) -> int:
        if text not in self.names:
            raise InvalidInputError("input_unknown", name=text)
        return self.names.index(text)

    def whole(self, text: str) -> Trace:
        """Return the trace of all steps of an input."""
        return single(self.trace, self._sequence(text))

    def _run(self, text: str) -> Run:
        sequence, trace = self._sequence(text), self.whole(text)
        stop = min(trace.steps, self.first + self._steps)
        shown = trace.section(self.first, stop)
        return Run(
            text,
            tuple(Token(str(ordinal(step)), 0, 0) for step in range(self.first, stop)),
            {self.path: (shown,)},
            (self.path,),
            {self.path: (Part("input", shown.x[:, 0]),)},
            Axes(self.trace.steps, stop - self.first, len(self.trace.lengths), sequence),
            None,
        )


def open_trace(path: Path, uri: str) -> TraceSubject:
    """Return the trace of a file, under a URI; its numbers are read when they are shown.

    Raises
    ------
    lstm_viz.opening.errors.OpeningError
        If the file cannot be read, is no trace, or is damaged.
    ModelError
        If the trace lacks some of its quantities.
    """
    return trace_subject(load_trace(path), display_name(path), uri)


def trace_subject(found: Trace | SavedTrace, title: str = "", uri: str = "live:trace") -> TraceSubject:
    """Return a trace as a subject; its title is the path of the module if not given."""
    trace, module = found if isinstance(found, SavedTrace) else (found, "")
    return TraceSubject(trace, module, uri, title or module or "Trace", _description(trace, module))


def _description(trace: Trace, module: str) -> str:
    of = f"{trace.KIND.name} {module}".strip()
    return f"Trace of {of}: {trace.steps:,} steps, {trace.h.shape[-1]:,} units"


def _has(trace: Trace, name: str) -> bool:
    try:
        getattr(trace, name)
    except NotKeptError:
        return False
    return True


def _module(trace: Trace) -> nn.RNNBase:
    """Return a module of the sizes of a trace, without weights."""
    layers, directions, _, _, size = trace.h.shape
    hidden = getattr(trace, trace.KIND.order[0]).shape[-1]
    kind: Any = {"LSTM": nn.LSTM, "GRU": nn.GRU}.get(trace.KIND.name, nn.RNN)
    options: dict[str, Any] = {"num_layers": layers, "bidirectional": directions == 2}
    if size != hidden:
        options["proj_size"] = size
    if kind is nn.RNN:
        options["nonlinearity"] = _nonlinearity(trace)
    with meta_device():
        module: nn.RNNBase = kind(trace.x.shape[-1], hidden, **options)
    return module


def _nonlinearity(trace: Trace) -> str:
    """Return the nonlinearity of an RNN, which a trace does not tell: only a relu is never negative."""
    return "tanh" if bool((trace.h < 0).any()) or not np.nanmax(trace.h, initial=0.0) > 0 else "relu"
