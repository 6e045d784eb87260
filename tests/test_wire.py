import itertools

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from lstm_viz.messages import (
    Explain,
    Explanation,
    GateSum,
    Hello,
    ModelName,
    Problem,
    Read,
)
from lstm_viz.wire import MAX_BYTES, Frames, decode_answer, decode_question, encode

_ARRAYS = some.arrays(
    np.dtype("<f4"), some.array_shapes(min_dims=0, max_dims=3, min_side=0), elements=st.floats(width=32)
)


def body(message):
    return encode(message)[4:]


@pytest.mark.parametrize("question", [Read(3, "tutorial", "a “word” 😀", before=("",)), Explain(3, 1, 2)])
def test_a_question_arrives_as_it_was_asked(question):
    assert decode_question(body(question)) == question


def test_an_answer_is_no_question():
    with pytest.raises(msgspec.ValidationError):
        decode_question(body(Problem(1, "failed", "no", "")))


@given(array=_ARRAYS)
def test_numbers_arrive_bit_by_bit(array):
    gate = GateSum("f", "sigmoid", 1.0, 0.7, array, array, 0.1, array, array, 0.2)
    answer = decode_answer(body(Explanation(1, 0, 0, (gate,))))
    got = answer.gates[0].input_products
    assert got.shape == array.shape and got.dtype == array.dtype and got.tobytes() == array.tobytes()
    assert not got.flags.writeable


@pytest.mark.parametrize(
    "array",
    [("<f4", [3], b"1234"), ("<i4", [1], b"1234"), ("<f4", [-1], b""), ("|O", [1], b"12345678"), "text"],
)
def test_an_array_that_lies_is_refused(array):
    plain = msgspec.to_builtins(Explanation(1, 0, 0, ()))
    gate = {
        "name": "f",
        "activation": "sigmoid",
        "pre": 0.0,
        "value": 0.0,
        "input_bias": 0.0,
        "hidden_bias": 0.0,
    }
    arrays = dict.fromkeys(("input_products", "input_weights", "hidden_products", "hidden_weights"), array)
    plain["gates"] = [{**gate, **arrays}]
    with pytest.raises((msgspec.ValidationError, ValueError)):
        decode_answer(msgspec.msgpack.encode(plain))


def test_what_is_no_array_of_floats_is_not_sent():
    gate = GateSum(
        "f", "sigmoid", 1.0, 0.7, np.array([object()]), np.zeros(1), 0.1, np.zeros(1), np.zeros(1), 0.2
    )
    with pytest.raises(NotImplementedError):
        encode(Explanation(1, 0, 0, (gate,)))


@given(cuts=st.lists(st.integers(0, 200), max_size=8))
def test_a_stream_is_whole_again_however_it_was_cut(cuts):
    hello = Hello("secret", 7, (ModelName("a", "A"),))
    stream = encode(hello) + encode(Problem(2, "missing", "sentence", "details"))
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    frames = Frames()
    bodies = [b for start, end in itertools.pairwise(places) for b in frames.feed(stream[start:end])]
    assert [decode_answer(b) for b in bodies] == [hello, Problem(2, "missing", "sentence", "details")]


def test_a_length_beyond_measure_ends_the_stream():
    with pytest.raises(ValueError, match="bytes"):
        list(Frames().feed((MAX_BYTES + 1).to_bytes(4, "big")))
