"""Messages as they cross the wire, for tests that stand at one end of it."""

from lstm_viz.messages import Envelope, Reply
from lstm_viz.wire import Frames, decode_from_engine, decode_to_engine, encode


def sent(number, query, key=None):
    """Return the bytes of a request; by default its key is the name of the query's type."""
    return encode(Envelope(number, key or type(query).__name__, query))


def delivered(result):
    """Return a result as it arrives in the window."""
    (body,) = Frames().feed(encode(Reply(1, result)))
    return decode_from_engine(body).result


def received(query):
    """Return a query as it arrives at the engine."""
    (body,) = Frames().feed(sent(1, query))
    return decode_to_engine(body).query
