"""The training loop, as a generator, and the command that writes a run folder with it.

`train` imports torch on first access.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_viz.training.runner import train as train

__all__ = ["train"]


def __getattr__(name: str) -> Any:
    if name == "train":
        from lstm_viz.training.runner import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
