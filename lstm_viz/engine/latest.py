"""The reading that the window has in front: what more can be asked about it."""

from dataclasses import dataclass

import torch

from lstm_viz.analysis.unrolled import Grips
from lstm_viz.engine.arithmetic import gate_sums
from lstm_viz.engine.remembering import remember
from lstm_viz.messages import Explain, Explanation, Memory, Remember, View
from lstm_viz.tagging.presets import Preset


@dataclass(frozen=True, slots=True, eq=False)
class Latest:
    """What a reading was made of.

    ``output`` is (T, D·H), h of the top layer over the words; ``grips`` are those on the shown layer and
    direction.
    """

    number: int
    preset: Preset
    view: View
    output: torch.Tensor
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
        recurrent = self.preset.tagger.get_submodule(self.view.module.path)
        sums = gate_sums(recurrent, self.view, question.column, question.unit)  # type: ignore[arg-type]
        return Explanation(question.number, question.column, question.unit, sums)

    def _has(self, question: Explain | Remember) -> bool:
        unit = 0 if question.unit is None else question.unit
        in_view = 0 <= question.column < len(self.view.columns)
        return self.number == question.number and in_view and 0 <= unit < self.view.module.hidden_size
