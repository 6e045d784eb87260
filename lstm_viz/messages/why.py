"""Why this tag: what each word gave to it, and which units it stands on."""

from typing import Literal

from lstm_viz.messages.base import Floats, Index, Message, Number
from lstm_viz.messages.reading import Read

#: Which number of a tag is explained: its logit less that of another tag, its logit, or its log-softmax. Of a
#: word by itself, where a chain over the tags (CRF) decodes too.
Target = Literal["margin", "logit", "log_softmax"]


class Owe(Message, frozen=True):
    """Say what the words gave to a tag's score at the step of ``read``; ``tag`` "" is the word's own tag.

    ``read.number`` is the number of the reading that the answer is shown beside.
    """

    number: Number
    read: Read
    tag: str = ""
    target: Target = "margin"


class Owed(Message, frozen=True):
    """What the words gave to the score of ``tag`` at word ``step``: its ``target``.

    The engine answers several times, the quickest first; what is not known yet is None.

    Attributes
    ----------
    about, step, tag :
        The reading's number, the word and the tag that this is about.
    target : "margin", "logit" or "log_softmax"
        What the score is: what was asked for, but of a single tag the logit in place of a margin.
    margin_to : str
        The tag whose logit a margin subtracts: of all others the one with the largest in this reading, and
        the same in all that is compared with it. "" unless a margin.
    words : tuple of str
    score, baseline : float
        Of this tag at this word; and where every word's input is zero.
    log_softmax : float
        Of this tag at this word, whatever the target: the reading has the same number.
    resolution : float
        What is smaller than this, float32 cannot tell from 0.
    gradient_input : array (T,)
        Σ over a word's inputs of x · ∂ score / ∂ x.
    integrated : array (T,) or None
        Integrated gradients from zero inputs: their sum is ``score − baseline``.
    completeness : float or None
        The proof: how far that sum is from it.
    occlusion : array (T,) or None
        By how much the score falls when a word is left out of the sentence; NaN at the step itself, and
        where it is not known yet.
    without : tuple of str or None
        The tag at the step when a word is left out, "" at the step itself and where it is not known yet.
    h_flow, c_flow : array (T,), ``c_flow`` None unless an LSTM
        ‖∂ score / ∂ hₖ‖ and ‖∂ score / ∂ cₖ‖ of the layer and direction that are looked at.
    direct : array (T,) or None
        The part of ``c_flow`` that only went along the cell: ‖∂ score / ∂ cₜ ⊙ ∏ f‖. For a GRU ∏ z, beside
        ``h_flow``; None of an RNN.
    done : bool
        Whether this is the last answer: what is then still None is not computed for a text this long.
    """

    number: Number
    about: Index
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
    done: bool = False


class Ablate(Message, frozen=True):
    """Switch every unit off in turn, and every gate, and say what becomes of a tag's score.

    As in `Owe`. ``read`` None ends the ablation that is under way.
    """

    number: Number
    read: Read | None
    tag: str = ""
    target: Target = "margin"


class Ablated(Message, frozen=True):
    """By how much the score of ``tag`` at word ``step`` changes without a unit, or without a gate.

    The engine answers several times; what is not known yet is NaN.

    Attributes
    ----------
    target, margin_to, log_softmax, resolution :
        As in `Owed`.
    score : float
        With all units.
    units : array (H,)
        The score without the unit minus ``score``: h of the unit is 0 from the first word on.
    tags : tuple of str
        The tag that the word then gets, "" where it is not known yet.
    gates : tuple of str
        The cell's gates, in torch's order.
    whole_gates : array (G,)
        The same with a gate off for all units.
    gate_tags : tuple of str
        The tag that the word then gets, as ``tags``.
    gates_of_units : array (G, H)
        The same with a gate off for one unit.
    done, total : int
        How many of the nets have been run.
    """

    number: Number
    about: Index
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
