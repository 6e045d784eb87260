"""LSTM Viz: see what happens inside an LSTM.

``import lstm_viz`` imports neither torch nor Qt; `capture`, `grab` and `show` import torch on first access.
"""

from lstm_viz.version import __version__

TYPE_CHECKING = False  # true for type checkers; `typing` itself is imported after the path is cleaned
if TYPE_CHECKING:
    from lstm_viz.live import grab as grab
    from lstm_viz.live import show as show
    from lstm_viz.tracing import capture as capture

__all__ = ["__version__", "capture", "grab", "show"]


def __getattr__(name: str) -> object:
    if name == "capture":
        from lstm_viz.tracing import capture

        return capture
    if name in ("grab", "show"):
        from lstm_viz import live

        return getattr(live, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
