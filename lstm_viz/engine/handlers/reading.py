"""Handlers of `ReadQuery`, and of the queries about the current reading."""

from collections.abc import Iterator

from lstm_viz.engine.handlers.registry import Models, handles
from lstm_viz.messages import (
    Arithmetic,
    ArithmeticQuery,
    Decomposition,
    DecompositionQuery,
    Extremes,
    ExtremesQuery,
    GateArithmetic,
    GateQuery,
    InputQuery,
    PathQuery,
    Reading,
    ReadQuery,
    ScoreQuery,
    StateQuery,
)


@handles(ReadQuery)
def read(models: Models, query: ReadQuery, number: int) -> Iterator[Reading]:
    yield models.reader.read(query, number)


@handles(GateQuery, immediate=True)
def gate_arithmetic(models: Models, query: GateQuery, number: int) -> Iterator[GateArithmetic]:
    result = models.reader.gate_arithmetic(query)
    if result is not None:
        yield result


@handles(DecompositionQuery, immediate=True)
def decompose(models: Models, query: DecompositionQuery, number: int) -> Iterator[Decomposition]:
    result = models.reader.decompose(query)
    if result is not None:
        yield result


@handles(ExtremesQuery)
def extremes(models: Models, query: ExtremesQuery, number: int) -> Iterator[Extremes]:
    result = models.reader.extremes(query)
    if result is not None:
        yield result


@handles(StateQuery, ScoreQuery, PathQuery, InputQuery, immediate=True)
def arithmetic(models: Models, query: ArithmeticQuery, number: int) -> Iterator[Arithmetic]:
    result = models.reader.arithmetic(query)
    if result is not None:
        yield result
