"""The current reading, and the results of further queries about it."""

from dataclasses import dataclass

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
from lstm_viz.subjects.subject import Subject, classes_of, main_module, recurrent_at, scored


@dataclass(frozen=True, slots=True, eq=False)
class CurrentReading:
    """The current reading.

    ``output`` (T, D·H) is h of the top layer over the words, ``scores`` (T, K) the log-softmax and
    ``decoded`` the decoding of it by a linear chain; ``interventions`` are those on the word-level recurrent
    module, ``clamps`` those on the selected layer and direction.
    """

    number: int
    subject: Subject
    view: View
    output: torch.Tensor
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
        if not self._has(query):
            return None
        sums = gate_sums(self._recurrent, self.view, query.column, query.unit)
        return GateArithmetic(query.reading, query.column, query.unit, sums)

    def arithmetic(self, query: ArithmeticQuery) -> Arithmetic | None:
        """Return the result of an `ArithmeticQuery`; None for another reading or an index out of range."""
        match query:
            case ScoreQuery() | PathQuery():
                return self._of_tag(query)
            case StateQuery() if self._has(query):
                return state_arithmetic(query, self._recurrent, self.view, self.clamps)
            case InputQuery() if self._has(query):
                interventions = self.interventions if self.view.module.reads == "words" else {}
                return input_arithmetic(query, self.subject, self.view, interventions)
        return None

    def _of_tag(self, query: ScoreQuery | PathQuery) -> Arithmetic | None:
        tags = classes_of(self.subject)
        if self.number != query.reading or not 0 <= query.step < len(self.scores):
            return None
        readout = scored(self.subject, "linear_scores" if isinstance(query, ScoreQuery) else "scores")
        if query.tag not in tags:
            return None
        tag = tags.index(query.tag)
        if isinstance(query, ScoreQuery):
            assert readout.linear is not None
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

    def _has(self, query: GateQuery | DecompositionQuery | StateQuery | InputQuery) -> bool:
        unit = getattr(query, "unit", None) or 0
        in_view = 0 <= query.column < len(self.view.columns)
        return self.number == query.reading and in_view and 0 <= unit < self.view.module.hidden_size
