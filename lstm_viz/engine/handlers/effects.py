"""Handlers of `AttributionQuery` and `AblationQuery`."""

from collections.abc import Iterator

from lstm_viz.engine.ablation import ablate
from lstm_viz.engine.attribution import attribute
from lstm_viz.engine.handlers.registry import Models, handles
from lstm_viz.messages import Ablation, AblationQuery, Attribution, AttributionQuery


@handles(AttributionQuery)
def attribution(models: Models, query: AttributionQuery, number: int) -> Iterator[Attribution]:
    yield from attribute(models.reader, query)


@handles(AblationQuery)
def ablation(models: Models, query: AblationQuery, number: int) -> Iterator[Ablation]:
    yield from ablate(models.reader, query)
