"""The current reading, and the results of further queries about it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from lstm_viz.analysis.unrolled import Clamps, Interventions
from lstm_viz.engine.arithmetic import gate_sums
from lstm_viz.engine.decomposition import decompose
from lstm_viz.engine.input_arithmetic import input_arithmetic
from lstm_viz.engine.path_arithmetic import path_arithmetic
from lstm_viz.engine.score_arithmetic import score_arithmetic
from lstm_viz.engine.state_arithmetic import state_arithmetic
from lstm_viz.messages import (
    Arithmetic,
    ArithmeticQuery,
    Decomposition,
    DecompositionQuery,
    Floats,
    GateArithmetic,
    GateQuery,
    InputQuery,
    PathQuery,
    ScoreQuery,
    StateQuery,
    Trellis,
    View,
)
from lstm_viz.subjects.module import AnySubject
from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.subject import Source, check, has_weights, main_module, output_names, recurrent_at
from lstm_viz.subjects.whole import WholeSubject


@dataclass(frozen=True, slots=True, eq=False)
class CurrentReading:
    """The current reading.

    ``version`` is that of the weights with which it was computed: once a training in this process has changed
    them, all results are None. ``text`` is the input. ``output`` (T, D·H) is h of the top layer over the
    words, None for a model as a whole; ``scores`` are the log-softmax and ``decoded`` the decoding of it by a
    linear chain; ``interventions`` are those on the selected module, ``clamps`` those on its selected layer
    and direction.
    """

    number: int
    subject: AnySubject
    version: Hashable
    text: str
    view: View
    output: torch.Tensor | None
    scores: Floats
    decoded: Trellis | None
    interventions: Interventions
    clamps: Clamps

    def decompose(self, query: DecompositionQuery) -> Decomposition | None:
        """Return the result of a `DecompositionQuery`; None for another reading or a column out of range."""
        if not self._has(query):
            return None
        return decompose(query, self.subject, self.view, self.output, self.clamps)

    def gate_arithmetic(self, query: GateQuery) -> GateArithmetic | None:
        """Return the result of a `GateQuery`; None for another reading or an index out of range."""
        return self.gate_arithmetic_at(query.column, query.unit) if self._has(query) else None

    def gate_arithmetic_at(self, column: int, unit: int) -> GateArithmetic | None:
        """Return the arithmetic of a unit at a column, which exist; None without weights."""
        if not has_weights(self.subject):
            return None
        sums = gate_sums(self._recurrent, self.view, column, unit)
        return GateArithmetic(self.number, column, unit, sums)

    def arithmetic(self, query: ArithmeticQuery) -> Arithmetic | None:
        """Return the result of an `ArithmeticQuery`; None for another reading or an index out of range."""
        match query:
            case ScoreQuery() | PathQuery():
                return self._of_tag(query)
            case StateQuery() if self._has(query):
                return state_arithmetic(query, self._recurrent, self.view, self.clamps)
            case InputQuery() if self._has(query):
                return input_arithmetic(query, self._sources(query.column), self.view, self.interventions)
        return None

    def _sources(self, column: int) -> tuple[Source, ...]:
        subject, view = self.subject, self.view
        if not isinstance(subject, WholeSubject):
            return subject.sources(view.module.path, view.columns[column])
        if view.module.own_columns:
            return (Source("input", view.x[column], view.columns[column]),)
        sources = subject.sources(self.text, view.module.path, column)
        return _with_values(sources, view.x[column]) if view.layer == 0 else sources

    def _of_tag(self, query: ScoreQuery | PathQuery) -> Arithmetic | None:
        tags = output_names(self.subject)
        if not self._is_current(query):
            return None
        check(self.subject, "linear_scores" if isinstance(query, ScoreQuery) else "scores")
        readout = self.subject.readout
        if query.tag not in tags or not 0 <= query.step < len(self.scores):
            return None
        tag = tags.index(query.tag)
        if isinstance(query, ScoreQuery):
            assert isinstance(readout, Readout)
            assert readout.linear is not None
            assert self.output is not None
            return score_arithmetic(
                query,
                main_module(self.subject),
                readout.linear,
                tag=tag,
                output=self.output,
                scores=self.scores,
                interventions=self.interventions,
            )
        if self.decoded is None:
            return None
        return path_arithmetic(query, tag, tags, self.scores, self.decoded)

    @property
    def _recurrent(self) -> nn.RNNBase:
        return recurrent_at(self.subject, self.view.module.path).module

    def _is_current(self, query: DecompositionQuery | GateQuery | ArithmeticQuery) -> bool:
        return self.number == query.reading and self.version == version_of(self.subject)

    def _has(self, query: GateQuery | DecompositionQuery | StateQuery | InputQuery) -> bool:
        unit = getattr(query, "unit", None) or 0
        in_view = 0 <= query.column < len(self.view.columns)
        return self._is_current(query) and in_view and 0 <= unit < self.view.module.hidden_size


def _with_values(sources: tuple[Source, ...], x: Floats) -> tuple[Source, ...]:
    """Return the sources with their values in x (I,): an edit elsewhere changes all but embeddings."""
    ends = np.cumsum([len(one.values) for one in sources])
    values = np.split(x, ends[:-1])
    return tuple(
        replace(one, values=own) if one.row is None else one for one, own in zip(sources, values, strict=True)
    )


def version_of(subject: AnySubject) -> Hashable:
    """Return a key of the weights of a subject; None where nothing changes them."""
    return subject.version if isinstance(subject, WholeSubject) else None
