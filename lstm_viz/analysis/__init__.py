"""What the numbers of a recurrent net mean: pure functions, each with its formula and its source."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_viz.analysis.memory import memory_sources as memory_sources

__all__ = ["memory_sources"]


def __getattr__(name: str) -> Any:
    """Bring torch only when something that needs it is first used."""
    if name == "memory_sources":
        from lstm_viz.analysis.memory import memory_sources

        return memory_sources
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
