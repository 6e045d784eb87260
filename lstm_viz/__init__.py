"""LSTM Viz: see what happens inside an LSTM.

``import lstm_viz`` loads neither torch nor Qt; `capture` brings torch when it is first used.
"""

from typing import TYPE_CHECKING, Any

from lstm_viz.version import __version__

if TYPE_CHECKING:
    from lstm_viz.tracing import capture as capture

__all__ = ["__version__", "capture"]


def __getattr__(name: str) -> Any:
    if name == "capture":
        from lstm_viz.tracing import capture

        return capture
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
