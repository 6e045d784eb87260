"""Which number of a tag the panels explain, and what it is called.

A number is resolved where it is at or above the resolution of float32: else it may be rounding alone.
"""

from types import MappingProxyType
from typing import Protocol, get_args

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.painting import shown_text
from lstm_viz.app.sentence.numerals import level, power, share
from lstm_viz.messages import Floats, Target

translate = QCoreApplication.translate

TARGETS: tuple[Target, ...] = get_args(Target)
#: What stands for a number below float32 resolution; 0 itself is "0".
BELOW = "≈ 0"
_TOLERANCE = 1e-3  # relative to a log-softmax
#: Marked here, where a translator's tools find them.
_MARKED = (
    QT_TRANSLATE_NOOP("Target", "margin"),
    QT_TRANSLATE_NOOP("Target", "logit"),
    QT_TRANSLATE_NOOP("Target", "log-softmax"),
)
_NAMES = MappingProxyType({"margin": "margin", "logit": "logit", "log_softmax": "log-softmax"})


class Explained(Protocol):
    """What an answer about a tag says of its score; `lstm_viz.messages.Owed` and its like."""

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


# ------------------------------------------------------------ what it is called


def target_name(target: Target) -> str:
    """Return what a target is called: "margin"."""
    return translate("Target", _NAMES[target])


def target_text(answer: Explained) -> str:
    """Return which number is explained: "margin NOUN − VERB", "logit of NOUN"."""
    name, tag, other = target_name(answer.target), shown_text(answer.tag), shown_text(answer.margin_to)
    if other:
        return f"{name} {tag} − {other}"
    of = translate("Target", "%1 of %2")
    return of.replace("%1", name).replace("%2", tag)


def is_same_log_softmax(one: float, other: float) -> bool:
    """Return whether two log-softmax of a tag can be of the same weights; NaN compares with none, and may.

    An answer and a reading that differ by more than float32 rounds are of different epochs of a run.
    """
    return not abs(one - other) > _TOLERANCE * max(1.0, abs(other))


# ------------------------------------------------------------ float32 resolution


def resolved(values: Floats, resolution: float) -> Floats:
    """Return the values, with 0 for those whose size is below float32 resolution."""
    return np.where(np.abs(values) < resolution, 0.0, values)


def any_resolved(values: Floats, resolution: float) -> bool:
    """Return whether any value is resolved, or NaN."""
    return bool((~(np.abs(values) < resolution) & (values != 0)).any())


def resolved_share(value: float, limit: float, resolution: float) -> str:
    """Return a number beside a bar that ends at ``limit``; `BELOW` where it is below ``resolution``."""
    return BELOW if 0 < abs(value) < resolution else share(value, limit)


def resolved_score(answer: Explained) -> str:
    """Return the score, without a plus: "−8.0726", "≈ 0"."""
    return BELOW if 0 < abs(answer.score) < answer.resolution else level(answer.score)


def below_in_words() -> str:
    """Return what `BELOW` means."""
    return translate("Target", "below float32 resolution")


def no_ranking_text(answer: Explained, tagset: tuple[str, ...]) -> str:
    """Return why there is no ranking where no number is resolved, and which target to choose instead."""
    if answer.target != "log_softmax":
        text = translate("Target", "No change is above float32 resolution (%1 at this word).")
        return text.replace("%1", power(answer.resolution))
    if abs(answer.score) < answer.resolution:
        text = translate("Target", "The tag is certain: its log-softmax is 0 to float32 precision.")
    else:
        text = translate("Target", "Changes in log-softmax are below float32 resolution.")
    other = target_name("margin" if len(tagset) > 1 else "logit")
    return f"{text} {translate('Target', 'Choose %1.').replace('%1', other)}"


def one_tag() -> str:
    """Return why there is no margin."""
    return translate("Target", "one tag, no margin")
