"""How far a step has played, and how strong that lets each element stand."""

from dataclasses import dataclass

from lstm_viz.app.sentence.cell.scene import STAGES

#: How strong stands what is still to come.
GHOST = 0.18
_PAST = 0.5  # how strong stands what a stage before has done
_GROW = 0.3  # how long, in stages, an element takes to appear


@dataclass(frozen=True, slots=True)
class Look:
    """How far the step has played, 0 to `STAGES`, which gate is under the mouse, and what is set by hand."""

    position: float = float(STAGES)
    hovered: str | None = None
    by_hand: frozenset[str] = frozenset()

    @property
    def at_rest(self) -> bool:
        """Whether all is shown."""
        return self.position >= STAGES

    def grown(self, at: float) -> float:
        """Return how much, 0 to 1, of an element that starts to appear at ``at`` is there."""
        return 1.0 if self.at_rest else min(max((self.position - at) / _GROW, 0.0), 1.0)

    def is_there(self, at: float) -> bool:
        """Return whether an element that does not grow is there."""
        return self.grown(at) >= 0.5

    def strength(self, at: float) -> float:
        """Return the opacity of what is there of it: full in its own stage and once the step has played."""
        return 1.0 if self.at_rest or int(at) == int(self.position) else _PAST

    def opacity(self, at: float) -> float:
        """Return the opacity of an element that does not grow."""
        return self.strength(at) if self.is_there(at) else GHOST
