"""The messages between window and engine: frozen structs, numpy arrays as raw bytes, never pickle.

Each query has one type of result, and `Failure` where there is none:

- `ReadQuery` → `Reading`
- `GateQuery`, `StateQuery`, `ScoreQuery`, `PathQuery`, `InputQuery` → `GateArithmetic`, `StateArithmetic`, …
- `DecompositionQuery` → `Decomposition`
- `AttributionQuery` → `Attribution`, `AblationQuery` → `Ablation`: partial results, the cheapest first
- `CorpusQuery` → `CorpusSummary`
- `HistoryQuery` → `History`, `GradientFlowQuery` → `GradientFlow`, `ConfusionQuery` → `Confusion`

The engine sends `Hello` first, and `Progress` when it begins and ends a computation. Queries have increasing
numbers, and a result has the number of its query: the window drops results of queries that it has since
replaced.

The encoding is in `lstm_viz.wire`.
"""

from typing import Literal

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
from lstm_viz.messages.base import Floats, Message, Number
from lstm_viz.messages.decomposition import Decomposition, DecompositionQuery
from lstm_viz.messages.edits import (
    Edit,
    ResolvedEdit,
    SetValue,
    SwapState,
    UnresolvedReason,
)
from lstm_viz.messages.nets import Hello, Model, ModelName, Module
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
    GradientFlow,
    GradientFlowQuery,
    History,
    HistoryQuery,
    Picture,
)

FailureKind = Literal["damaged", "missing", "unsupported", "failed"]


class Failure(Message, frozen=True):
    """The query has no result: an error message for the user, and details for an error report."""

    number: Number
    kind: FailureKind
    sentence: str
    details: str


class Progress(Message, frozen=True):
    """State of the engine, by which the window distinguishes a computation from a hang.

    Attributes
    ----------
    received : int
        The number of queries that have arrived at the engine.
    busy : bool
        Whether the engine computes a result that may take long; if not, each query has its result or was
        replaced by a newer one.
    """

    received: Number
    busy: bool


Query = (
    ReadQuery
    | GateQuery
    | DecompositionQuery
    | ArithmeticQuery
    | AttributionQuery
    | AblationQuery
    | CorpusQuery
    | HistoryQuery
    | GradientFlowQuery
    | ConfusionQuery
)
Result = (
    Hello
    | Reading
    | GateArithmetic
    | Decomposition
    | Arithmetic
    | Attribution
    | Ablation
    | CorpusSummary
    | History
    | GradientFlow
    | Confusion
    | Progress
    | Failure
)

__all__ = [
    "Ablation",
    "AblationQuery",
    "Arithmetic",
    "ArithmeticQuery",
    "Attribution",
    "AttributionQuery",
    "ConfusedSentence",
    "Confusion",
    "ConfusionQuery",
    "CorpusQuery",
    "CorpusSummary",
    "Decomposition",
    "DecompositionQuery",
    "Edit",
    "Failure",
    "FailureKind",
    "Floats",
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
    "ResolvedEdit",
    "Result",
    "ScoreArithmetic",
    "ScoreQuery",
    "SetValue",
    "StateArithmetic",
    "StateQuery",
    "SwapState",
    "Target",
    "Trellis",
    "UnresolvedReason",
    "View",
    "Word",
]
