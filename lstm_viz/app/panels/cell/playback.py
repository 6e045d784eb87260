"""The playback of a step: its position, and the opacity of each element at it."""

from dataclasses import dataclass

from lstm_viz.app.panels.cell.scene import STAGES

#: The opacity of elements of later stages.
GHOST = 0.18
_PAST = 0.5  # the opacity of elements of earlier stages
_GROW = 0.3  # the time an element takes to appear, in stages


@dataclass(frozen=True, slots=True)
class Playback:
    """The position of the playback, 0 to `STAGES`, the hovered gate, and the clamped quantities."""

    position: float = float(STAGES)
    hovered: str | None = None
    clamped: frozenset[str] = frozenset()

    @property
    def at_rest(self) -> bool:
        """Whether all is shown."""
        return self.position >= STAGES

    def grown(self, at: float) -> float:
        """Return the fraction, 0 to 1, of an element that starts to appear at ``at``."""
        return 1.0 if self.position >= STAGES else min(max((self.position - at) / _GROW, 0.0), 1.0)

    def is_there(self, at: float) -> bool:
        """Return whether an element that does not grow is visible."""
        return self.grown(at) >= 0.5

    def strength(self, at: float) -> float:
        """Return the opacity of the visible fraction: full in its own stage and once the step has played."""
        return 1.0 if self.position >= STAGES or int(at) == int(self.position) else _PAST

    def opacity(self, at: float) -> float:
        """Return the opacity of an element that does not grow."""
        return self.strength(at) if self.is_there(at) else GHOST
