"""What window and engine say to each other: frozen structs, numpy arrays as raw bytes, never pickle.

The window asks, the engine answers: `Read` with a `Reading`, `Explain` with an `Explanation`, `Remember`
with a `Memory`, `StateQuery`, `ScoreQuery`, `PathQuery` and `InputQuery` with the `StateArithmetic` and so on
of a number, `Owe` with `Owed`, `Ablate` with `Ablated`, `Survey` with `Surveyed`, `Probe` with `Probed`,
`Flow` with `Flowed`, `Confused` with `Confusions`, any of them with a `Problem`; and first of all it says
`Hello`. In between it says by `Progress` that it is at work, or that it is done.
A question carries a number that only grows; the answer repeats it, and the window drops answers to
questions that it has since replaced.

How they travel is in `lstm_viz.wire`.
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
from lstm_viz.messages.base import Cell, Floats, Message, Number
from lstm_viz.messages.edits import EDITABLE, Edit, Fault, Landed, SetValue, SwapState, limits, possible
from lstm_viz.messages.memory import Memory, Remember
from lstm_viz.messages.nets import Hello, Model, ModelName, Module
from lstm_viz.messages.reading import Explain, Explanation, GateSum, Read, Reading, Trellis, View, Word
from lstm_viz.messages.runs import (
    Confused,
    Confusions,
    Flow,
    Flowed,
    Mistaken,
    Picture,
    Probe,
    Probed,
    Survey,
    Surveyed,
)
from lstm_viz.messages.why import Ablate, Ablated, Owe, Owed, Target


class Problem(Message, frozen=True):
    """The question could not be answered: why, in words for a person, and the details for a report."""

    number: Number
    kind: Literal["damaged", "missing", "failed"]
    sentence: str
    details: str


class Progress(Message, frozen=True):
    """What the engine does: the window tells by it an engine that computes from one that has stopped.

    Attributes
    ----------
    received : int
        How many questions have arrived at the engine.
    busy : bool
        Whether it works on one of them, and it may take long; if not, each of them was answered or replaced
        by a newer one.
    """

    received: Number
    busy: bool


Question = Read | Explain | Remember | ArithmeticQuery | Owe | Ablate | Survey | Probe | Flow | Confused
Answer = (
    Hello
    | Reading
    | Explanation
    | Memory
    | Arithmetic
    | Owed
    | Ablated
    | Surveyed
    | Probed
    | Flowed
    | Confusions
    | Progress
    | Problem
)

__all__ = [
    "EDITABLE",
    "Ablate",
    "Ablated",
    "Answer",
    "Arithmetic",
    "ArithmeticQuery",
    "Cell",
    "Confused",
    "Confusions",
    "Edit",
    "Explain",
    "Explanation",
    "Fault",
    "Floats",
    "Flow",
    "Flowed",
    "GateSum",
    "Hello",
    "InputArithmetic",
    "InputPart",
    "InputQuery",
    "Landed",
    "Memory",
    "Message",
    "Mistaken",
    "Model",
    "ModelName",
    "Module",
    "Owe",
    "Owed",
    "PathArithmetic",
    "PathQuery",
    "Picture",
    "Probe",
    "Probed",
    "Problem",
    "Product",
    "Progress",
    "Question",
    "Read",
    "Reading",
    "Remember",
    "ScoreArithmetic",
    "ScoreQuery",
    "SetValue",
    "StateArithmetic",
    "StateQuery",
    "Survey",
    "Surveyed",
    "SwapState",
    "Target",
    "Trellis",
    "View",
    "Word",
    "limits",
    "possible",
]
