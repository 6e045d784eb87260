"""The registry: each query has one handler, with the results that the type of the query names."""

from collections.abc import Iterator
from typing import get_args, get_origin, get_type_hints

import pytest

from lstm_viz import messages
from lstm_viz.engine.handlers import handler_of, is_immediate
from lstm_viz.messages import AnyQuery, AnyResult


@pytest.mark.parametrize("kind", get_args(AnyQuery), ids=lambda kind: kind.__name__)
def test_each_query_has_a_handler_of_its_own_results(kind):
    (generic,) = kind.__orig_bases__
    (result,) = get_args(generic)
    named = getattr(messages, result.__forward_arg__)
    hints = get_type_hints(handler_of(kind))
    assert kind in (get_args(hints["query"]) or (hints["query"],))
    assert get_origin(hints["return"]) is Iterator
    (given,) = get_args(hints["return"])
    assert named in (get_args(given) or (given,)) and named in get_args(AnyResult)


def test_what_is_about_the_current_reading_is_immediate():
    immediate = {kind.__name__ for kind in get_args(AnyQuery) if is_immediate(kind)}
    assert immediate == {
        "GateQuery", "DecompositionQuery", "StateQuery", "ScoreQuery", "PathQuery", "InputQuery"
    }  # fmt: skip
