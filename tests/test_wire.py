import itertools
import tracemalloc

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from lstm_viz.messages import (
    PROTOCOL,
    Cancel,
    Envelope,
    Failure,
    GateArithmetic,
    GateQuery,
    GateSum,
    Hello,
    ModelName,
    ReadQuery,
    Reply,
)
from lstm_viz.wire import (
    MAX_BYTES,
    Frames,
    WireError,
    decode_array,
    decode_from_engine,
    decode_to_engine,
    encode,
    encode_array,
    number_in,
)

FAILURE = Failure("run_missing", {"path": "/nowhere"}, "details")
_ARRAYS = some.arrays(
    st.sampled_from(["<f2", "<f4", "<f8"]).map(np.dtype),
    some.array_shapes(min_dims=0, max_dims=3, min_side=0),
    elements=st.floats(width=16),
)


def body(message):
    return encode(message)[4:]


@pytest.mark.parametrize("query", [ReadQuery("tutorial", "a “word” 😀", before=("",)), GateQuery(3, 1, 2)])
def test_a_question_arrives_as_it_was_asked(query):
    envelope = Envelope(3, "reading", query)
    assert decode_to_engine(body(envelope)) == envelope


def test_an_answer_is_no_question():
    with pytest.raises(WireError):
        decode_to_engine(body(Reply(1, FAILURE)))


@given(array=_ARRAYS)
def test_numbers_arrive_bit_by_bit(array):
    gate = GateSum("f", "sigmoid", 1.0, 0.7, array, array, 0.1, array, array, 0.2)
    answer = decode_from_engine(body(Reply(1, GateArithmetic(1, 0, 0, (gate,)))))
    got = answer.result.gates[0].input_products
    assert got.shape == array.shape and got.dtype == array.dtype and got.tobytes() == array.tobytes()
    assert not got.flags.writeable


@pytest.mark.parametrize(
    "array",
    [
        ("<f4", [3], b"1234"),
        ("<i4", [1], b"1234"),
        ("<f4", [-1], b""),
        ("<f4", [-1, -1], b"1234"),
        ("|O", [1], b"12345678"),
        ("<f4", [1], "1234"),
        ("<f4", [1.0], b"1234"),
        ("<f4", [2**63], b""),
        ("<f4", [2**31 - 1, 2**31 - 1, 0], b""),
        ("<f4", [0, 2**31 - 1], b""),
        ("<f8", [2**31, 2**31, 2**2], b""),  # 2**66 bytes, which is 0 in 64 bits
        ("<f4", [1] * 65, b"1234"),
        "text",
    ],
)
def test_an_array_that_lies_is_refused(array):
    plain = msgspec.to_builtins(Reply(1, GateArithmetic(1, 0, 0, ())))
    gate = {
        "name": "f",
        "activation": "sigmoid",
        "pre": 0.0,
        "value": 0.0,
        "input_bias": 0.0,
        "hidden_bias": 0.0,
    }
    arrays = dict.fromkeys(("input_products", "input_weights", "hidden_products", "hidden_weights"), array)
    plain["result"]["gates"] = [{**gate, **arrays}]
    with pytest.raises(WireError):
        decode_from_engine(msgspec.msgpack.encode(plain))


def test_what_is_no_array_of_floats_is_not_sent():
    gate = GateSum(
        "f", "sigmoid", 1.0, 0.7, np.array([object()]), np.zeros(1), 0.1, np.zeros(1), np.zeros(1), 0.2
    )
    with pytest.raises(NotImplementedError):
        encode(Reply(1, GateArithmetic(1, 0, 0, (gate,))))


_DTYPES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8")
_KINDS = {"b": np.bool_, "i": np.signedinteger, "u": np.unsignedinteger, "f": np.floating}


@pytest.mark.parametrize("dtype", _DTYPES)
@pytest.mark.parametrize("kind", _KINDS)
def test_an_array_of_any_plain_dtype_arrives_where_it_is_expected(dtype, kind):
    array = np.array([[0, 1], [1, 0]]).astype(dtype)
    wanted = npt.NDArray[_KINDS[kind]]
    if np.dtype(dtype).kind != kind:
        with pytest.raises(ValueError, match="another dtype"):
            decode_array(wanted, encode_array(array))
        return
    got = decode_array(wanted, encode_array(array))
    assert got.dtype == array.dtype and np.array_equal(got, array) and not got.flags.writeable


@pytest.mark.parametrize("dtype", [">f4", "<c8", "|S1", "<U1", "<M8[s]", "|O"])
def test_an_array_of_another_dtype_is_not_sent(dtype):
    with pytest.raises(NotImplementedError):
        encode_array(np.zeros(1, dtype))


def test_a_boolean_is_0_or_1():
    with pytest.raises(ValueError, match="0 and 1"):
        decode_array(npt.NDArray[np.bool_], ("|b1", (3,), b"\0\2\1"))


@given(cuts=st.lists(st.integers(0, 200), max_size=8))
def test_a_stream_is_whole_again_however_it_was_cut(cuts):
    hello, reply = Hello(PROTOCOL, 7, (ModelName("a", "A"),)), Reply(2, FAILURE)
    stream = encode(hello) + encode(reply)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    frames = Frames()
    bodies = [b for start, end in itertools.pairwise(places) for b in frames.feed(stream[start:end])]
    assert [decode_from_engine(b) for b in bodies] == [hello, reply]


def test_a_length_beyond_measure_ends_the_stream():
    with pytest.raises(WireError, match="bytes"):
        list(Frames().feed((MAX_BYTES + 1).to_bytes(4, "big")))


# ---------------------------------------------------------------- what no honest sender sends

_DEEP = 100_000
#: The start of a reply with a reading.
_READING = b"\x82\xa4type\xa5Reply\xa6result\x82\xa4type\xa7Reading"
_NESTED = {
    "lists": b"\x91" * _DEEP + b"\xc0",
    "maps": b"\x81\xa1a" * _DEEP + b"\xc0",
    "an unknown field": b"\x82\xa4type\xa6Cancel\xa1z" + b"\x91" * _DEEP + b"\xc0",
    "an array": _READING + b"\xa6scores" + b"\x91" * _DEEP + b"\xc0",
    "readings": _READING + b"\xa8unedited" + (b"\x82\xa4type\xa7Reading\xa8unedited") * _DEEP + b"\xc0",
}


@pytest.mark.parametrize("decode", [decode_to_engine, decode_from_engine])
@pytest.mark.parametrize("nested", _NESTED.values(), ids=_NESTED)
def test_what_is_nested_without_end_is_an_error_like_any_other(decode, nested):
    with pytest.raises(WireError):
        decode(nested)
    assert number_in(nested) is None


def _peak_of(action):
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_length_that_is_announced_takes_no_memory():
    frames = Frames()
    assert _peak_of(lambda: list(frames.feed(MAX_BYTES.to_bytes(4, "big") + b"abc"))) < 10_000


@pytest.mark.parametrize("depth", [1, 100])
@pytest.mark.parametrize("head", [b"\xdd", b"\xdf", b"\xc6"], ids=["list", "map", "bytes"])
def test_lengths_within_a_message_take_no_more_memory_than_it_has_bytes(head, depth):
    """Lists in lists may each announce as many items as there are bytes left: msgspec has to grow them."""
    left = 1_000_000
    lying = _READING + b"\xa6scores" + (head + left.to_bytes(4, "big")) * depth + b"\0" * left

    def decode():
        with pytest.raises(WireError):
            decode_from_engine(lying)

    assert _peak_of(decode) < 20 * left


@pytest.mark.parametrize("number", [-1, 2**53, 2**63, 2**64 - 1, 1.5, True, None, "1"])
@pytest.mark.parametrize("field", ["reading", "column", "unit"])
def test_a_number_beyond_its_limits_is_refused(field, number):
    plain = msgspec.to_builtins(Envelope(1, "gate", GateQuery(1, 2, 3)))
    plain["query"][field] = number
    with pytest.raises(WireError, match=field):
        decode_to_engine(msgspec.msgpack.encode(plain))


@pytest.mark.parametrize(
    "message",
    [
        Cancel(10**400),
        Cancel(-(10**400)),
        Envelope(1, "reading", ReadQuery("run:/\udcff", "")),
        Envelope(1, "reading", ReadQuery("", "\ud800")),
    ],
)
def test_what_cannot_be_sent_says_so(message):
    with pytest.raises(WireError):
        encode(message)


def test_a_message_longer_than_can_be_read_is_not_sent(monkeypatch):
    monkeypatch.setattr("lstm_viz.wire.MAX_BYTES", 200)
    encode(ReadQuery("tutorial", ""))
    with pytest.raises(WireError, match="at most 200"):
        encode(ReadQuery("tutorial", "word " * 100))


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_message_or_an_error(data):
    for decode in (decode_to_engine, decode_from_engine):
        try:
            decode(data)
        except WireError:
            continue
