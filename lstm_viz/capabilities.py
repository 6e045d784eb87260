"""The capabilities of subjects: what can be asked of a model besides its quantities.

They follow from its readout and are part of its description: a panel that needs one which the model lacks
shows the reason, and sends no query.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from lstm_viz.errors import ErrorCode

#: Scores of classes; their decomposition into the units, as they are a linear function of h; the decoding of
#: a sequence by a chain.
Capability = Literal["scores", "linear_scores", "chain"]

#: The error of a query that needs a capability which the subject lacks.
LACKS: Mapping[Capability, ErrorCode] = MappingProxyType(
    {
        "scores": "subject_without_classes",
        "linear_scores": "subject_without_linear_scores",
        "chain": "subject_without_chain",
    }
)
