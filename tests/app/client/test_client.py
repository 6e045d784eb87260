"""The client by itself: which request counts, what is sent when, and what an engine's end changes."""

import pytest

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.messages import (
    Ablation,
    AblationQuery,
    Cancel,
    Envelope,
    Failure,
    GateArithmetic,
    GateQuery,
    History,
    HistoryQuery,
    ReadQuery,
)
from tests.app.client.fakes import FakeLink

A, B = GateQuery(1, 0, 0), GateQuery(1, 0, 1)
READ = ReadQuery("preset:tutorial", "The dog")
SLOW = AblationQuery(1, READ)
_ALONE = {Priority.TYPING, Priority.DETAIL, Priority.TRAINING}


class Desk:
    """A client, its links, and what it delivers."""

    def __init__(self, bot, loads):
        self.links = {priority: FakeLink(loads=loads) for priority in _ALONE}
        self.client, self.bot = EngineClient(self.links), bot
        self.results, self.partial, self.failures = [], [], []

    def request(self, query, key="a", priority=Priority.TYPING, version=None):
        return self.client.request(
            query,
            key=key,
            priority=priority,
            version=version,
            result=self.results.append,
            progress=self.partial.append,
            failed=self.failures.append,
        )

    def settle(self):
        self.bot.waitUntil(lambda: not self.client.is_pausing)

    def process(self):
        self.bot.wait(1)


@pytest.fixture
def open_desk(application, qtbot):
    desks = []

    def open_(loads=True):
        desks.append(Desk(qtbot, loads))
        return desks[-1]

    yield open_
    for desk in desks:
        desk.client.close()
        for thing in (desk.client, *desk.links.values()):
            thing.deleteLater()


@pytest.fixture
def desk(open_desk):
    return open_desk()


@pytest.fixture
def typing(desk):
    return desk.links[Priority.TYPING]


@pytest.fixture
def detail(desk):
    return desk.links[Priority.DETAIL]


def gate(query=A):
    return GateArithmetic(query.reading, query.column, query.unit, ())


def history(done):
    return History("run", (), (), False, "h", (), (), (), done)


def ablation(done):
    names = dict.fromkeys(("score", "log_softmax", "resolution"), 0.0)
    places = dict.fromkeys(("step", "layer", "direction"), 0)
    arrays = dict.fromkeys(("units", "whole_gates", "gates_of_units"))
    texts = dict.fromkeys(("tags", "gates", "gate_tags"), ())
    fixed = {"reading": 1, "tag": "", "target": "logit", "margin_to": "", "total": 2}
    return Ablation(done=done, **fixed, **names, **places, **arrays, **texts)


# ---------------------------------------------------------------- which request counts


def test_a_query_is_sent_at_once_while_the_user_types(desk, typing):
    request = desk.request(A)
    assert typing.sent == [Envelope(request.number, "a", A)]
    typing.reply(A, gate())
    assert desk.results == [gate()] == [request.answer] and not request.is_pending


def test_the_result_of_a_replaced_request_is_dropped(desk, typing):
    desk.request(A)
    desk.request(B)
    typing.reply(A, gate(A))
    assert desk.results == []
    typing.reply(B, gate(B))
    assert desk.results == [gate(B)]
    assert typing.cancelled == [], "the newer one replaces it in the engine"


def test_requests_with_different_keys_do_not_replace_each_other(desk, typing):
    desk.request(A, "a")
    desk.request(A, "b")
    first, second = (message.number for message in typing.sent)
    assert first < second
    typing.reply(A, gate())
    assert len(desk.results) == 1


def test_replies_of_one_engine_are_not_taken_for_those_of_another(desk, typing, detail):
    slow = desk.request(SLOW, "slow", Priority.BACKGROUND)
    desk.settle()
    for column in range(5):
        query = GateQuery(1, column, 0)
        desk.request(query, "fast")
        typing.reply(query, gate(query))
    assert len({message.number for message in (*typing.sent, *detail.sent)}) == 6
    assert slow.is_pending and slow.answer is None
    detail.reply(SLOW, ablation(done=2))
    assert slow.answer.done == 2 and not slow.is_pending


def test_an_unchanged_query_is_not_sent_again(desk, typing):
    first = desk.request(A)
    assert desk.request(A) is first
    typing.reply(A, gate())
    assert desk.request(A) is first and len(typing.sent) == 1 and desk.results == [gate()]
    assert desk.request(A, version=2) is not first and len(typing.sent) == 2


def test_a_partial_result_is_progress_and_the_request_stays_pending(desk):
    training = desk.links[Priority.TRAINING]
    query = HistoryQuery("run", (0,), "a", "h")
    request = desk.request(query, priority=Priority.TRAINING)
    desk.settle()
    training.reply(query, history(done=False))
    assert desk.partial == [request.answer] and desk.results == [] and request.is_pending
    training.reply(query, history(done=True))
    assert len(desk.results) == 1 and not request.is_pending


def test_a_failure_ends_a_request_and_is_not_repeated_by_itself(desk, typing):
    request = desk.request(A)
    typing.fail(A)
    assert [failure.code for failure in desk.failures] == ["exception"] and not request.is_pending
    assert desk.request(A) is request and len(typing.sent) == 1
    desk.client.repeat(request)
    assert len(typing.sent) == 2 and request.failure is None
    typing.reply(A, gate())
    assert desk.results == [gate()]


def test_a_cancelled_request_is_kept_until_it_is_repeated_or_replaced(desk, typing):
    request = desk.request(A)
    number = request.number
    request.cancel()
    assert typing.cancelled == [number] and desk.request(A) is request
    typing.reply(A, gate())
    assert desk.results == []
    request.cancel()
    assert typing.cancelled == [number], "once"
    desk.client.repeat(request)
    assert request.number > number, "the cancellation is of the first"
    typing.reply(A, gate())
    assert desk.results == [gate()]


def test_a_withdrawn_request_is_cancelled_and_forgotten(desk, typing):
    request = desk.request(A)
    number = request.number
    desk.client.withdraw("a")
    desk.client.withdraw("a")
    assert typing.cancelled == [number]
    assert desk.request(A) is not request


def test_a_query_that_cannot_be_encoded_fails_later(desk, typing):
    desk.request(ReadQuery("run:/\udcff", ""))
    assert desk.failures == [] and typing.sent == []
    desk.bot.waitUntil(lambda: bool(desk.failures))
    assert desk.failures[0].code == "query_not_sent"


# ---------------------------------------------------------------- what is sent when


@pytest.mark.parametrize("priority", [Priority.DETAIL, Priority.TRAINING, Priority.BACKGROUND])
def test_changes_in_quick_succession_are_one_query(desk, priority):
    for query in (A, B, A, B):
        desk.request(query, priority=priority)
    link = desk.client.link(priority)
    assert link.sent == []
    desk.settle()
    assert link.queries == [B] and desk.links[Priority.TYPING].sent == []


def test_a_slow_query_never_goes_to_the_engine_that_answers_typing(desk):
    typing = desk.client.link(Priority.TYPING)
    others = {desk.client.link(priority) for priority in Priority if priority is not Priority.TYPING}
    assert typing not in others and len(others) == 2


def test_an_engine_is_started_when_it_is_first_needed(desk, detail):
    assert not any(link.starts for link in desk.links.values())
    desk.request(A, priority=Priority.DETAIL)
    assert detail.starts == 1 and desk.links[Priority.TRAINING].starts == 0


def test_a_replaced_request_that_waits_is_cancelled_at_once(desk, detail):
    number = desk.request(SLOW, priority=Priority.BACKGROUND).number
    desk.settle()
    desk.request(AblationQuery(2, READ), priority=Priority.BACKGROUND)
    assert detail.cancelled == [number] and len(detail.queries) == 1


def test_a_faster_query_interrupts_one_in_the_background(desk, detail):
    slow = desk.request(SLOW, "slow", Priority.BACKGROUND)
    number = slow.number
    desk.settle()
    detail.reply(SLOW, ablation(done=1))
    desk.request(A, "fast", Priority.DETAIL)
    desk.bot.waitUntil(lambda: len(detail.queries) == 2)
    assert [type(message) for message in detail.sent] == [Envelope, Cancel, Envelope]
    assert detail.cancelled == [number] and slow.is_pending and slow.number > number
    desk.settle()
    assert detail.queries == [SLOW, A, SLOW]
    detail.reply(SLOW, ablation(done=2))
    assert len(desk.results) == 1 and not slow.is_pending


# ---------------------------------------------------------------- engines that end


def test_what_is_requested_before_the_engine_has_loaded_is_sent_then(open_desk):
    desk = open_desk(loads=False)
    typing = desk.links[Priority.TYPING]
    desk.request(A, "a")
    desk.request(B, "b")
    assert typing.sent == []
    typing.greet()
    assert typing.queries == [A, B]


def test_what_an_engine_left_without_its_last_result_is_sent_to_the_next(desk, typing):
    query = HistoryQuery("run", (0,), "a", "h")
    desk.request(A, "answered")
    desk.request(query, "part")
    desk.request(B, "cancelled").cancel()
    typing.reply(A, gate())
    typing.reply(query, history(done=False))
    typing.sent.clear()
    typing.greet()
    assert typing.queries == [query]


def test_what_is_requested_when_an_engine_is_ready_comes_before_what_is_repeated(desk, typing):
    desk.request(A)
    typing.sent.clear()
    desk.client.ready.connect(lambda *_: desk.request(B))
    typing.greet()
    assert typing.queries == [B]


def test_without_an_engine_every_request_fails_until_it_is_started_over(desk, detail, typing):
    desk.request(A, "answered", Priority.DETAIL)
    desk.settle()
    detail.reply(A, gate())
    desk.request(B, "pending", Priority.DETAIL)
    detail.failed.emit("Traceback\nImportError: no torch")
    assert desk.failures == [
        Failure("engine_not_started", {"engine": "detail", "error": "ImportError: no torch"}, f.details)
        for f in desk.failures
    ]
    assert len(desk.failures) == 2
    desk.request(SLOW, "another", Priority.BACKGROUND)
    desk.bot.waitUntil(lambda: len(desk.failures) == 3)
    desk.request(READ, "late", Priority.DETAIL)
    detail.sent.clear()
    desk.client.start_over(Priority.DETAIL)
    desk.settle()
    desk.process()
    assert {type(query) for query in detail.queries} == {GateQuery, AblationQuery, ReadQuery}
    assert len(detail.queries) == 4 and len(desk.failures) == 3 and typing.sent == []


def test_an_engine_that_printed_nothing_ended(desk, typing):
    desk.request(A)
    typing.failed.emit("")
    assert desk.failures == [Failure("engine_ended", {"engine": "typing"}, "")]


def test_a_closed_client_sends_and_delivers_nothing(desk, typing, detail):
    desk.request(A)
    desk.request(B, "b", Priority.DETAIL)
    desk.client.close()
    typing.reply(A, gate())
    assert not desk.client.is_pausing and detail.sent == [] and desk.results == []
    desk.request(B, "b", Priority.DETAIL)
    desk.request(B, "c", Priority.TRAINING)
    assert not desk.client.is_pausing and desk.links[Priority.TRAINING].starts == 0
