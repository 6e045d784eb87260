"""Interpretation of the numbers of a recurrent network: pure functions, with formulas and sources."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_viz.analysis.decomposition import decompose as decompose

__all__ = ["decompose"]


def __getattr__(name: str) -> Any:
    """Bring torch only when something that needs it is first used."""
    if name == "decompose":
        from lstm_viz.analysis.decomposition import decompose

        return decompose
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
