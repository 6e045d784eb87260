"""The messages between window and engine: frozen structs, numpy arrays as raw bytes, never pickle.

A query has one type of result, which is its type parameter: `ReadQuery` is a ``Query[Reading]``. There may be
partial results, the cheapest first, and a `Failure` where there is none. A query about a reading that is no
longer the current one, or about what it does not have, has no reply.

The window sends each query in an `Envelope` with the number of the request and a key, or a `Cancel`. The
engine sends `Hello` first, each result in a `Reply` with the number of its request, and `Progress` when it
begins and ends a computation. Of the requests with the same key it answers the newest.

The encoding is in `lstm_viz.wire`.
"""

from lstm_viz.messages.arithmetic import (
    Arithmetic,
    ArithmeticQuery,
    InputArithmetic,
    InputPart,
    InputQuery,
    PathArithmetic,
    PathQuery,
    Product,
    ScoreArithmetic,
    ScoreQuery,
    StateArithmetic,
    StateQuery,
)
from lstm_viz.messages.attribution import Ablation, AblationQuery, Attribution, AttributionQuery, Target
from lstm_viz.messages.base import Floats, Message, Query, Result
from lstm_viz.messages.decomposition import Decomposition, DecompositionQuery
from lstm_viz.messages.edits import (
    Edit,
    ResolvedEdit,
    SetValue,
    SwapState,
    UnresolvedReason,
)
from lstm_viz.messages.envelopes import (
    PROTOCOL,
    AnyQuery,
    AnyResult,
    Cancel,
    Envelope,
    FromEngine,
    Hello,
    Progress,
    Reply,
    ToEngine,
)
from lstm_viz.messages.extremes import Extremes, ExtremesQuery
from lstm_viz.messages.failure import Failure
from lstm_viz.messages.nets import CallShape, Model, ModelName, Module
from lstm_viz.messages.reading import (
    GateArithmetic,
    GateQuery,
    GateSum,
    Reading,
    ReadQuery,
    Trellis,
    View,
    Word,
)
from lstm_viz.messages.runs import (
    ConfusedSentence,
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
    Picture,
)

__all__ = [
    "PROTOCOL",
    "Ablation",
    "AblationQuery",
    "AnyQuery",
    "AnyResult",
    "Arithmetic",
    "ArithmeticQuery",
    "Attribution",
    "AttributionQuery",
    "CallShape",
    "Cancel",
    "ConfusedSentence",
    "Confusion",
    "ConfusionQuery",
    "CorpusQuery",
    "CorpusSummary",
    "Decomposition",
    "DecompositionQuery",
    "Edit",
    "EmbeddingMap",
    "EmbeddingMapQuery",
    "Envelope",
    "Extremes",
    "ExtremesQuery",
    "Failure",
    "Floats",
    "FromEngine",
    "GateArithmetic",
    "GateQuery",
    "GateSum",
    "GradientFlow",
    "GradientFlowQuery",
    "Hello",
    "History",
    "HistoryQuery",
    "InputArithmetic",
    "InputPart",
    "InputQuery",
    "Message",
    "Model",
    "ModelName",
    "Module",
    "PathArithmetic",
    "PathQuery",
    "Picture",
    "Product",
    "Progress",
    "Query",
    "ReadQuery",
    "Reading",
    "Reply",
    "ResolvedEdit",
    "Result",
    "ScoreArithmetic",
    "ScoreQuery",
    "SetValue",
    "StateArithmetic",
    "StateQuery",
    "SwapState",
    "Target",
    "ToEngine",
    "Trellis",
    "UnresolvedReason",
    "View",
    "Word",
]
