"""What crosses the wire: queries and results in envelopes, and the state of the engine."""

from typing import Annotated

import msgspec

from lstm_viz.messages.arithmetic import (
    InputArithmetic,
    InputQuery,
    PathArithmetic,
    PathQuery,
    ScoreArithmetic,
    ScoreQuery,
    StateArithmetic,
    StateQuery,
)
from lstm_viz.messages.attribution import Ablation, AblationQuery, Attribution, AttributionQuery
from lstm_viz.messages.base import Message, Number
from lstm_viz.messages.decomposition import Decomposition, DecompositionQuery
from lstm_viz.messages.extremes import Extremes, ExtremesQuery
from lstm_viz.messages.failure import Failure
from lstm_viz.messages.nets import ModelName
from lstm_viz.messages.reading import GateArithmetic, GateQuery, Reading, ReadQuery
from lstm_viz.messages.runs import (
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

#: The version of the messages: window and engine must have the same.
PROTOCOL = 4
#: Of the requests with the same key, only the newest has a result.
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

AnyQuery = (
    ReadQuery
    | GateQuery
    | DecompositionQuery
    | StateQuery
    | ScoreQuery
    | PathQuery
    | InputQuery
    | ExtremesQuery
    | AttributionQuery
    | AblationQuery
    | CorpusQuery
    | HistoryQuery
    | GradientFlowQuery
    | EmbeddingMapQuery
    | ConfusionQuery
)
AnyResult = (
    Reading
    | GateArithmetic
    | Decomposition
    | StateArithmetic
    | ScoreArithmetic
    | PathArithmetic
    | InputArithmetic
    | Extremes
    | Attribution
    | Ablation
    | CorpusSummary
    | History
    | GradientFlow
    | EmbeddingMap
    | Confusion
)


class Envelope(Message, frozen=True):
    """A query on its way to the engine; the numbers of requests increase."""

    number: Number
    key: Key
    query: AnyQuery


class Cancel(Message, frozen=True):
    """Cancels the request ``number``, if it has not its last result yet."""

    number: Number


class Hello(Message, frozen=True):
    """The first message of the engine: it has started, and these are the available models."""

    version: Number
    pid: Number
    models: tuple[ModelName, ...]


class Reply(Message, frozen=True):
    """A result of the request ``number``, or its failure."""

    number: Number
    result: AnyResult | Failure


class Progress(Message, frozen=True):
    """State of the engine, by which the window distinguishes a computation from a hang.

    Attributes
    ----------
    received : int
        The number of requests that have arrived at the engine.
    busy : bool
        Whether the engine computes a result that may take long; if not, each request has its result, was
        cancelled or replaced by a newer one, or has no reply.
    """

    received: Number
    busy: bool


ToEngine = Envelope | Cancel
FromEngine = Hello | Reply | Progress
