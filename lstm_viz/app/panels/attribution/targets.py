"""The target that the panels explain, its name, and its float32 resolution.

A number is resolved if it is at or above the resolution of float32: else it may be rounding error alone.
"""

from types import MappingProxyType
from typing import Protocol, get_args

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.numerals import level, power, share
from lstm_viz.messages import Floats, Target

translate = QCoreApplication.translate

REAL_TARGETS: tuple[Target, ...] = ("value",)
#: Those of tags.
TARGETS: tuple[Target, ...] = tuple(target for target in get_args(Target) if target not in REAL_TARGETS)
#: The text of a number below float32 resolution; 0 itself is "0".
BELOW = "≈ 0"
_TOLERANCE = 1e-3  # relative to a log-softmax
#: Marked here so that lupdate finds them.
_MARKED = (
    QT_TRANSLATE_NOOP("Target", "margin"),
    QT_TRANSLATE_NOOP("Target", "logit"),
    QT_TRANSLATE_NOOP("Target", "log-softmax"),
    QT_TRANSLATE_NOOP("Target", "probability"),
    QT_TRANSLATE_NOOP("Target", "value"),
)
_NAMES = MappingProxyType(
    {
        "margin": "margin",
        "logit": "logit",
        "log_softmax": "log-softmax",
        "probability": "probability",
        "value": "value",
    }
)


class TargetResult(Protocol):
    """The fields on the score of a tag that results such as `lstm_viz.messages.Attribution` share."""

    @property
    def tag(self) -> str: ...
    @property
    def target(self) -> Target: ...
    @property
    def margin_to(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def resolution(self) -> float: ...


# ------------------------------------------------------------ names


def target_name(target: Target) -> str:
    """Return the name of a target: "margin"."""
    return translate("Target", _NAMES[target])


def target_text(result: TargetResult) -> str:
    """Return the target with its tags: "margin NOUN − VERB", "logit of NOUN"."""
    name, tag, other = target_name(result.target), shown_text(result.tag), shown_text(result.margin_to)
    if other:
        return f"{name} {tag} − {other}"
    if tag == name:  # the only output, without a name of its own
        return name
    of = translate("Target", "%1 of %2")
    return of.replace("%1", name).replace("%2", tag)


def is_same_log_softmax(one: float, other: float) -> bool:
    """Return whether two log-softmax of a tag can be of the same weights; True if either is NaN.

    A result and a reading that differ by more than float32 rounding are of different epochs of a run.
    """
    return not abs(one - other) > _TOLERANCE * max(1.0, abs(other))


# ------------------------------------------------------------ float32 resolution


def resolved(values: Floats, resolution: float) -> Floats:
    """Return the values, with those below float32 resolution set to 0."""
    return np.where(np.abs(values) < resolution, 0.0, values)


def any_resolved(values: Floats, resolution: float) -> bool:
    """Return whether any value is resolved, or NaN."""
    return bool((~(np.abs(values) < resolution) & (values != 0)).any())


def resolved_share(value: float, limit: float, resolution: float) -> str:
    """Return a number beside a bar that ends at ``limit``; `BELOW` if it is below ``resolution``."""
    return BELOW if 0 < abs(value) < resolution else share(value, limit)


def resolved_score(result: TargetResult) -> str:
    """Return the score, without a plus: "−8.0726", "≈ 0"."""
    return BELOW if 0 < abs(result.score) < result.resolution else level(result.score)


def below_text() -> str:
    """Return the explanation of `BELOW`."""
    return translate("Target", "below float32 resolution")


def no_ranking_text(result: TargetResult, tagset: tuple[str, ...]) -> str:
    """Return why there is no ranking if no number is resolved, and which target to choose instead."""
    if result.target not in ("log_softmax", "probability"):
        text = translate("Target", "No change is above float32 resolution (%1 at this word).")
        return text.replace("%1", power(result.resolution))
    if result.target == "log_softmax" and abs(result.score) < result.resolution:
        text = translate("Target", "The tag is certain: its log-softmax is 0 to float32 precision.")
    else:
        text = translate("Target", "Changes in %1 are below float32 resolution.")
        text = text.replace("%1", target_name(result.target))
    other = target_name("margin" if len(tagset) > 1 else "logit")
    return f"{text} {translate('Target', 'Choose %1.').replace('%1', other)}"


def one_tag() -> str:
    """Return why there is no margin."""
    return translate("Target", "one tag, no margin")
