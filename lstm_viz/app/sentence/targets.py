"""Which number of a tag the panels explain, what it is called, and what float32 can tell of it."""

from types import MappingProxyType
from typing import Protocol, get_args

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.painting import shown_text
from lstm_viz.app.sentence.numerals import level, power, share
from lstm_viz.messages import Floats, Target

translate = QCoreApplication.translate

TARGETS: tuple[Target, ...] = get_args(Target)
#: What stands for a number that float32 cannot tell from 0; 0 itself is "0".
BELOW = "≈ 0"
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


# ------------------------------------------------------------ what float32 can tell


def told(values: Floats, resolution: float) -> Floats:
    """Return the values, with 0 for those that float32 cannot tell from it."""
    return np.where(np.abs(values) < resolution, 0.0, values)


def tells(values: Floats, resolution: float) -> bool:
    """Return whether any value is more than rounding; one that is not a number is shown, too."""
    return bool((~(np.abs(values) < resolution) & (values != 0)).any())


def share_told(value: float, limit: float, resolution: float) -> str:
    """Return a number beside a bar that ends at ``limit``, `BELOW` for what float32 cannot tell from 0."""
    return BELOW if 0 < abs(value) < resolution else share(value, limit)


def score_told(answer: Explained) -> str:
    """Return the score, without a plus: "−8.0726", "≈ 0"."""
    return BELOW if 0 < abs(answer.score) < answer.resolution else level(answer.score)


def below_in_words() -> str:
    """Return what `BELOW` means."""
    return translate("Target", "below float32 resolution")


def why_not_told(answer: Explained, tagset: tuple[str, ...]) -> str:
    """Return why there is no ranking where no number is more than rounding, and which target tells more."""
    if answer.target != "log_softmax":
        text = translate("Target", "No change is larger than float32 can tell (%1 at this word).")
        return text.replace("%1", power(answer.resolution))
    if abs(answer.score) < answer.resolution:
        text = translate("Target", "The tag is certain: its log-softmax is 0 to float32 precision.")
    else:
        text = translate("Target", "Its log-softmax changes less than float32 can tell.")
    other = target_name("margin" if len(tagset) > 1 else "logit")
    return f"{text} {translate('Target', 'Choose %1.').replace('%1', other)}"


def one_tag() -> str:
    """Return why there is no margin."""
    return translate("Target", "one tag, no margin")
