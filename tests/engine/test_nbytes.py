import tracemalloc
from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
import torch

from lstm_viz.engine.nbytes import nbytes_of
from lstm_viz.tagging.vocabulary import Vocabulary

MIB = 1 << 20


class Struct(msgspec.Struct):
    part: object


@dataclass(slots=True)
class Slotted:
    part: object


@dataclass
class Open:
    part: object


def _of_python(make):
    """Return a new value, and the bytes that Python's allocator gave for it."""
    tracemalloc.start()
    try:
        value = make()
        return value, tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("wrapped", [Struct, Slotted, Open, lambda part: {"key": (part,)}])
def test_the_parts_of_every_kind_of_object_count(wrapped):
    assert MIB < nbytes_of(wrapped(bytes(MIB))) < MIB + 2000


@pytest.mark.parametrize(
    "make",
    [
        lambda: Vocabulary(tuple(f"word {k}" for k in range(5000))),
        lambda: [tuple(f"word {k * j}" for k in range(50)) for j in range(100)],
        lambda: {f"key {k}": np.zeros(100) for k in range(500)},
    ],
)
def test_it_is_what_the_allocator_gave(make):
    value, allocated = _of_python(make)
    assert nbytes_of(value) == pytest.approx(allocated, rel=0.15)


def test_a_view_counts_with_what_it_keeps_alive():
    array, tensor = np.zeros(MIB, np.uint8), torch.zeros(MIB, dtype=torch.uint8)
    for view in (array[:3], tensor[:3], tensor[:3].numpy(), torch.from_numpy(array)[:3]):
        assert MIB <= nbytes_of(view) < MIB + 2000


def test_what_is_there_once_counts_once():
    array, tensor = np.zeros(MIB, np.uint8), torch.zeros(MIB, dtype=torch.uint8)
    assert nbytes_of([array, array, array[1:], array[2:]]) < MIB + 2000
    assert nbytes_of([tensor, tensor[1:], tensor[2:], tensor.numpy()]) < MIB + 2000


def test_weights_count_and_classes_and_functions_do_not():
    linear = torch.nn.Linear(500, 500)
    weights = sum(parameter.nbytes for parameter in linear.parameters())
    assert weights < nbytes_of(linear) < weights + 20_000
    assert nbytes_of((len, Vocabulary, Vocabulary.of, np)) < 200


def test_what_others_hold_does_not_count():
    words = tuple(str(k) for k in range(10_000))
    assert nbytes_of(Open(words), shared=(words,)) < 1000


def test_a_circle_ends():
    circle: list[object] = [1]
    circle.append(circle)
    assert nbytes_of(circle) < 500


def test_what_a_function_was_closed_over_counts():
    def closed_over(array):
        return lambda: array

    assert MIB <= nbytes_of(closed_over(np.zeros(MIB, np.uint8))) < MIB + 2000
    assert nbytes_of(nbytes_of) < 1000
