"""LSTM Viz: see what happens inside an LSTM.

``import lstm_viz`` loads neither torch nor Qt; `capture` brings torch when it is first used.
"""

from lstm_viz.version import __version__

TYPE_CHECKING = False  # as type checkers take it; `typing` itself is imported once the import path is seen to
if TYPE_CHECKING:
    from lstm_viz.tracing import capture as capture

__all__ = ["__version__", "capture"]


def __getattr__(name: str) -> object:
    if name == "capture":
        from lstm_viz.tracing import capture

        return capture
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
