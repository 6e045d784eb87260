"""A link without an engine behind it, and with a test's own results."""

from PySide6.QtCore import QObject, Signal

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.messages import PROTOCOL, Cancel, Envelope, Failure, Hello, Reply
from lstm_viz.wire import encode


def client_of(link, priority):
    """Return a client with this link for a priority, and links to no engine for the others."""
    others = (Priority.TYPING, Priority.DETAIL, Priority.TRAINING)
    return EngineClient({one: FakeLink(loads=False) for one in others} | {priority: link})


class FakeLink(QObject):
    """Stands where `EngineLink` does: keeps what is sent, and replies when the test says so.

    ``loads`` is whether the engine is ready as soon as it is started.
    """

    can_restart = True
    ready, replied, silence_changed = Signal(object), Signal(object), Signal(object)
    lost, failed = Signal(str), Signal(str)

    def __init__(self, *, loads=True):
        super().__init__()
        self.sent, self.starts = [], 0
        self.hello, self.silence, self.loads = None, None, loads

    def start(self):
        if not self.starts:
            self.start_over()

    def start_over(self):
        self.starts += 1
        if self.loads:
            self.greet()

    def greet(self):
        """Be the next engine, which has just loaded."""
        self.hello = Hello(PROTOCOL, 1, ())
        self.ready.emit(self.hello)

    def send(self, message):
        encode(message)
        self.sent.append(message)

    def close(self):
        self.hello = None

    def reply(self, query, result):
        """Reply to the newest request of a query."""
        self.replied.emit(Reply(self.number_of(query), result))

    def fail(self, query, failure=None):
        self.reply(query, failure or Failure("exception", {"type": "ValueError", "error": "no"}, ""))

    def number_of(self, query):
        """Return the number of the newest request of a query."""
        return next(m.number for m in reversed(self.sent) if isinstance(m, Envelope) and m.query is query)

    @property
    def queries(self):
        """The queries that were sent, in order."""
        return [message.query for message in self.sent if isinstance(message, Envelope)]

    @property
    def cancelled(self):
        """The numbers that were cancelled, in order."""
        return [message.number for message in self.sent if isinstance(message, Cancel)]

    def of(self, kind):
        """Return the queries of a type, in the order they came."""
        return [query for query in self.queries if isinstance(query, kind)]

    def last(self, kind):
        return self.of(kind)[-1]
