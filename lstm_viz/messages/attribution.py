"""Attribution of a tag's score to the words, and ablation of units and gates."""

from typing import Literal

from lstm_viz.messages.base import Floats, Index, Number, Query, Result
from lstm_viz.messages.reading import ReadQuery

#: The explained score of a tag: its logit less that of another tag, its logit, its log-softmax, or its
#: probability. It is that of the word by itself, also with a linear chain (CRF) over the tags. Of a real
#: value it is the "value".
Target = Literal["margin", "logit", "log_softmax", "probability", "value"]


class AttributionQuery(Query["Attribution"], frozen=True):
    """Query for the attributions of a tag's score at the step of ``read``; ``tag`` "" is the predicted tag.

    ``reading`` is the number of the reading that the result belongs to, and ``read`` its query.
    """

    reading: Number
    read: ReadQuery
    tag: str = ""
    target: Target = "margin"


class Attribution(Result, frozen=True):
    """Attributions of the score of ``tag`` at word ``step`` to the words.

    There are several partial results, the cheapest first; attributions that are not known yet are None.

    Attributes
    ----------
    reading, step, tag :
        The number of the reading, the index of the word and the tag.
    target : "margin", "logit", "log_softmax", "probability" or "value"
        The kind of the score: that of the query, but the logit in place of a margin if there is a single tag,
        and the value itself of a real value.
    margin_to : str
        The tag whose logit is subtracted in a margin: the one with the largest logit of all others in this
        reading, also for everything that is compared with it. "" unless a margin.
    words : tuple of str
    score, baseline : float
        For this tag at this word, and with all inputs zero.
    log_softmax : float
        For this tag at this word, whatever the target, as in the scores of the reading.
    resolution : float
        Smaller values cannot be distinguished from 0 in float32.
    gradient_input : array (T,)
        Σ over a word's inputs of x · ∂ score / ∂ x.
    integrated : array (T,) or None
        Integrated gradients from zero inputs: their sum is ``score − baseline``.
    completeness : float or None
        The error of the completeness axiom: the difference between the two.
    occlusion : array (T,) or None
        The decrease of the score when a word is removed from the sentence, or replaced; NaN where it is not
        known yet, and at the step itself if that is removed.
    without : tuple of str or None
        The predicted tag at the step when a word is removed, "" at the step itself and where it is not known
        yet.
    h_flow, c_flow : array (T,), ``c_flow`` None unless an LSTM
        ‖∂ score / ∂ hₖ‖ and ‖∂ score / ∂ cₖ‖ for the selected layer and direction.
    direct : array (T,) or None
        The part of ``c_flow`` along the cell state alone: ‖∂ score / ∂ cₜ ⊙ ∏ f‖. For a GRU the part of
        ``h_flow`` with ∏ z; None for an RNN.
    replacement : "", "zeros" or "token"
        What a word is replaced with in the occlusion: "" if it is removed, "zeros" for the zero vector in
        place of the input of the module at the step, "token" for the ``token``.
    done : bool
        Whether this is the last result: attributions that are still None are too expensive for this text.
    """

    reading: Number
    step: Index
    tag: str
    words: tuple[str, ...]
    layer: Index
    direction: Index
    target: Target
    margin_to: str
    score: float
    baseline: float
    log_softmax: float
    resolution: float
    gradient_input: Floats
    integrated: Floats | None = None
    completeness: float | None = None
    occlusion: Floats | None = None
    without: tuple[str, ...] | None = None
    h_flow: Floats | None = None
    c_flow: Floats | None = None
    direct: Floats | None = None
    replacement: Literal["", "zeros", "token"] = ""
    token: str = ""
    done: bool = False

    @property
    def is_partial(self) -> bool:
        return not self.done


class AblationQuery(Query["Ablation"], frozen=True):
    """Query for the ablation of every unit and every gate in turn; fields as in `AttributionQuery`."""

    reading: Number
    read: ReadQuery
    tag: str = ""
    target: Target = "margin"


class Ablation(Result, frozen=True):
    """Changes of the score of ``tag`` at word ``step`` under ablation of a unit, or of a gate.

    There are several partial results; changes that are not known yet are NaN.

    Attributes
    ----------
    target, margin_to, log_softmax, resolution :
        As in `Attribution`.
    score : float
        The score without ablation.
    units : array (H,)
        The score with the unit ablated minus ``score``: h of the unit is 0 from the first word on.
    tags : tuple of str
        The predicted tag with the unit ablated, "" where it is not known yet.
    gates : tuple of str
        The cell's gates, in torch's order.
    whole_gates : array (G,)
        As ``units``, with a gate ablated in all units.
    gate_tags : tuple of str
        As ``tags``, with a gate ablated in all units.
    gates_of_units : array (G, H)
        As ``units``, with a gate ablated in one unit.
    done, total : int
        The number of ablations that are computed, and of all.
    """

    reading: Number
    step: Index
    tag: str
    layer: Index
    direction: Index
    target: Target
    margin_to: str
    score: float
    log_softmax: float
    resolution: float
    units: Floats
    tags: tuple[str, ...]
    gates: tuple[str, ...]
    whole_gates: Floats
    gate_tags: tuple[str, ...]
    gates_of_units: Floats
    done: Number
    total: Number

    @property
    def is_partial(self) -> bool:
        return self.done < self.total
