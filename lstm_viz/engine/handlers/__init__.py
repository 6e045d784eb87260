"""The handlers of the queries; importing this package registers them."""

from lstm_viz.engine.handlers import effects, reading, runs
from lstm_viz.engine.handlers.registry import Models, handler_of, handles, is_immediate

__all__ = ["Models", "effects", "handler_of", "handles", "is_immediate", "reading", "runs"]
