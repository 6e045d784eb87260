"""Handlers of the queries about runs and corpora."""

from collections.abc import Iterator

from lstm_viz.engine.handlers.registry import Models, handles
from lstm_viz.messages import (
    Confusion,
    ConfusionQuery,
    CorpusQuery,
    CorpusSummary,
    EmbeddingMap,
    EmbeddingMapQuery,
    GradientFlow,
    GradientFlowQuery,
    History,
    HistoryQuery,
)


@handles(CorpusQuery)
def corpus_summary(models: Models, query: CorpusQuery, number: int) -> Iterator[CorpusSummary]:
    yield models.run_queries.corpus_summary(query)


@handles(HistoryQuery)
def history(models: Models, query: HistoryQuery, number: int) -> Iterator[History]:
    yield from models.run_queries.history(query)


@handles(GradientFlowQuery)
def gradient_flow(models: Models, query: GradientFlowQuery, number: int) -> Iterator[GradientFlow]:
    yield models.run_queries.gradient_flow(query)


@handles(ConfusionQuery)
def confusion(models: Models, query: ConfusionQuery, number: int) -> Iterator[Confusion]:
    yield models.run_queries.confusion(query)


@handles(EmbeddingMapQuery)
def embedding_map(models: Models, query: EmbeddingMapQuery, number: int) -> Iterator[EmbeddingMap]:
    yield models.run_queries.embedding_map(query)
