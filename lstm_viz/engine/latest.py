"""The reading that the window has in front: what more can be asked about it."""

from dataclasses import dataclass

import torch
from torch import nn

from lstm_viz.analysis.unrolled import Grips, Hands
from lstm_viz.engine.arithmetic import gate_sums
from lstm_viz.engine.input_arithmetic import input_arithmetic
from lstm_viz.engine.path_arithmetic import path_arithmetic
from lstm_viz.engine.remembering import remember
from lstm_viz.engine.score_arithmetic import score_arithmetic
from lstm_viz.engine.state_arithmetic import state_arithmetic
from lstm_viz.messages import (
    Arithmetic,
    ArithmeticQuery,
    Explain,
    Explanation,
    Floats,
    InputQuery,
    Memory,
    PathQuery,
    Remember,
    ScoreQuery,
    StateQuery,
    Trellis,
    View,
)
from lstm_viz.tagging.presets import Preset


@dataclass(frozen=True, slots=True, eq=False)
class Latest:
    """What a reading was made of.

    ``output`` is (T, D·H), h of the top layer over the words, ``scores`` (T, K) the log-softmax and
    ``decoded`` what a chain made of it; ``hands`` are those on the net that reads words, ``grips`` those on
    the shown layer and direction.
    """

    number: int
    preset: Preset
    view: View
    output: torch.Tensor
    scores: Floats
    decoded: Trellis | None
    hands: Hands
    grips: Grips

    def remember(self, question: Remember) -> Memory | None:
        """Answer a `Remember`; None where it is about another reading, or no place in the view."""
        if not self._has(question):
            return None
        return remember(question, self.preset, self.view, self.output, self.grips)

    def explain(self, question: Explain) -> Explanation | None:
        """Answer an `Explain`; None where it is about another reading, or no place in the view."""
        if not self._has(question):
            return None
        sums = gate_sums(self._recurrent, self.view, question.column, question.unit)
        return Explanation(question.number, question.column, question.unit, sums)

    def arithmetic(self, question: ArithmeticQuery) -> Arithmetic | None:
        """Answer a query for arithmetic; None where it is about another reading, or no number of it."""
        match question:
            case ScoreQuery() | PathQuery():
                return self._of_tag(question)
            case StateQuery() if self._has(question):
                return state_arithmetic(question, self._recurrent, self.view, self.grips)
            case InputQuery() if self._has(question):
                hands = self.hands if self.view.module.reads == "words" else {}
                return input_arithmetic(question, self.preset.tagger, self.view, hands)
        return None

    def _of_tag(self, question: ScoreQuery | PathQuery) -> Arithmetic | None:
        tags = self.preset.settings.tags
        if self.number != question.number or not 0 <= question.step < len(self.scores):
            return None
        if question.tag not in tags:
            return None
        tag = tags.index(question.tag)
        if isinstance(question, ScoreQuery):
            tagger, hands = self.preset.tagger, self.hands
            return score_arithmetic(
                question, tagger, tag=tag, output=self.output, scores=self.scores, hands=hands
            )
        if self.decoded is None:
            return None
        return path_arithmetic(question, tag, tags, self.scores, self.decoded)

    @property
    def _recurrent(self) -> nn.RNNBase:
        return self.preset.tagger.get_submodule(self.view.module.path)  # type: ignore[return-value]

    def _has(self, question: Explain | Remember | StateQuery | InputQuery) -> bool:
        unit = getattr(question, "unit", None) or 0
        in_view = 0 <= question.column < len(self.view.columns)
        return self.number == question.number and in_view and 0 <= unit < self.view.module.hidden_size
