"""The capabilities of subjects: what can be asked of a model besides its quantities.

They follow from its readout and are part of its description: a panel that needs one which the model lacks
shows the reason, and sends no query.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal

from lstm_viz.errors import ErrorCode

#: The weights, without which nothing can be computed anew; scores of classes; their decomposition into the
#: units, as they are a linear function of h; the decoding of a sequence by a chain.
Capability = Literal["weights", "scores", "linear_scores", "chain"]

#: The error of a query that needs a capability which the subject lacks.
LACKS: Mapping[Capability, ErrorCode] = MappingProxyType(
    {
        "weights": "subject_without_weights",
        "scores": "subject_without_classes",
        "linear_scores": "subject_without_linear_scores",
        "chain": "subject_without_chain",
    }
)


def lack(needed: Capability, capabilities: Collection[Capability]) -> ErrorCode | None:
    """Return the error of a query that needs a capability, and first the weights; None if they are there."""
    if "weights" not in capabilities:
        return LACKS["weights"]
    return None if needed in capabilities else LACKS[needed]
