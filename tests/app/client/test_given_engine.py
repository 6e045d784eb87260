"""An engine that the window has not started is not started again."""

from lstm_viz.app.client.client import engine_failure
from lstm_viz.app.client.given_engine import PROGRAM_ENDED, GivenEngine, GivenLink
from lstm_viz.app.client.request import Priority
from lstm_viz.messages import PROTOCOL, Hello
from lstm_viz.socket_pair import connected_pair
from lstm_viz.wire import encode
from tests.app.conftest import process_until


def test_a_given_engine_that_has_ended_is_told_of_and_not_restarted(application):
    ours, theirs = connected_pair()
    link, failed, lost = GivenLink(GivenEngine(ours)), [], []
    link.failed.connect(failed.append)
    link.lost.connect(lost.append)
    link.start()
    theirs.sendall(encode(Hello(PROTOCOL, 1, ())))
    process_until(lambda: link.hello is not None)
    link.start_over()
    assert link.hello is not None
    theirs.close()
    process_until(lambda: failed)
    assert failed == [PROGRAM_ENDED] and not lost
    link.start()
    link.start_over()
    assert link.pid == 0 and link.hello is None
    assert engine_failure(Priority.TYPING, failed[0]).code == "program_ended"
    link.close()
    link.deleteLater()
