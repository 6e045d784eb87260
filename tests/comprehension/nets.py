"""The numbers of a bundled model on a sentence, computed in float64 step by step: the window's are not used.

Shapes: L layers, D directions, T words, H units, K tags.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_viz.subjects.subject import main_module, scored
from lstm_viz.subjects.tagger import TaggerSubject, load_preset
from tests.clamped_by_hand import Clamped, read_by_hand


@dataclass(frozen=True)
class Net:
    """A model that reads a sentence.

    Attributes
    ----------
    clamped : dict
        (layer, direction, quantity, step, unit) → value.
    without : int or None
        The word that is left out.
    """

    model: str
    sentence: str
    clamped: Clamped | None = None
    without: int | None = None

    @cached_property
    def subject(self) -> TaggerSubject:
        return load_preset(self.model, None)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return self.subject.columns(self.sentence, (), 200).texts

    @cached_property
    def quantities(self) -> dict[str, np.ndarray]:
        """Every quantity, (L, D, T, H)."""
        x = self.subject.inputs(self.words).detach()[:, 0].double().numpy()
        kept = x if self.without is None else np.delete(x, self.without, 0)
        return read_by_hand(main_module(self.subject), kept, self.clamped)

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags of the model."""
        return scored(self.subject).names

    @cached_property
    def scores(self) -> np.ndarray:
        """The log-softmax over the tags, (T, K)."""
        head = scored(self.subject).linear
        assert head is not None
        output = np.concatenate([*self.quantities["h"][-1]], axis=-1)
        logits = output @ head.weight.detach().double().numpy().T + head.bias.detach().double().numpy()
        return logits - np.log(np.exp(logits).sum(-1, keepdims=True))

    @property
    def predicted(self) -> list[str]:
        """The tag of each word."""
        return [self.tags[k] for k in self.scores.argmax(-1)]

    @property
    def unknown(self) -> list[str]:
        """The words that are not in the vocabulary."""
        return [word for word in self.words if not self.subject.knows(word)]

    def of(self, quantity: str, layer: int = 0, direction: int = 0) -> np.ndarray:
        """Return a quantity, (T, H)."""
        return self.quantities[quantity][layer, direction]

    def margin(self, step: int, tag: str, other: str) -> float:
        """Return by how much the logit of ``tag`` is ahead of that of ``other``."""
        return float(self.scores[step, self.tags.index(tag)] - self.scores[step, self.tags.index(other)])

    def written(self, step: int, unit: int) -> np.ndarray:
        """Return what each word wrote that is still in c of a unit at a step: i·g times every f since."""
        i, f, g = (self.of(name)[: step + 1, unit] for name in "ifg")
        kept = np.array([f[k + 1 :].prod() for k in range(step + 1)])
        return i * g * kept
