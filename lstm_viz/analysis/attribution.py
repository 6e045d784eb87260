"""What each word gave to a tag's score, by one backward pass, and how far back that reaches.

Sources: A. Shrikumar, P. Greenside, A. Shcherbina, A. Kundaje, "Not Just a Black Box: Learning Important
Features Through Propagating Activation Differences", 2016 (gradient × input); R. Pascanu, T. Mikolov,
Y. Bengio, "On the difficulty of training Recurrent Neural Networks", ICML 2013 (how gradients fade).

T words, I what the net reads of a word, H its hidden size. Arrays have the precision of the weights.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_viz.analysis.tag_score import Array, TagScore, all_words, held_at


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """What one backward pass from a score tells; 0 wherever the score does not depend on a word.

    Attributes
    ----------
    score, baseline : float
        Of the sentence, and of one in which every word's input is zero.
    gradient_input : array (T,)
        Σ over a word's inputs of x · ∂ score / ∂ x.
    h_flow : array (T,)
        ‖∂ score / ∂ hₖ‖, through everything that reads hₖ.
    c_flow : array (T,) or None
        ‖∂ score / ∂ cₖ‖; None unless an LSTM.
    direct : array (T,) or None
        ‖∂ score / ∂ cₜ ⊙ ∏ f‖, t being the word of the score and the product over the steps from k to t: what
        goes from cₖ along the cell alone. Of a GRU ‖∂ score / ∂ hₜ ⊙ ∏ z‖; None of an RNN.
    """

    score: float
    baseline: float
    gradient_input: Array
    h_flow: Array
    c_flow: Array | None
    direct: Array | None


@torch.enable_grad()
def gradients(score: TagScore, layer: int = -1, direction: int = 0) -> Gradients:
    """Return gradient × input of every word, and the flow through one layer and direction.

    Raises
    ------
    ValueError
        If the net has no such layer or direction.
    """
    net = score.tagger.recurrent
    if not -net.num_layers <= layer < net.num_layers or not 0 <= direction <= net.bidirectional:
        raise ValueError(f"the net has no layer {layer} with a direction {direction}")
    place = layer % net.num_layers, direction
    given = score.x[: score.reach].detach()
    x = torch.cat([given, torch.zeros_like(given)], 1).requires_grad_()  # the baseline is a second copy
    read = score.read(x)
    values = score.at(read.output)
    steps, states = read.steps[place], "hc" if net.mode == "LSTM" else "h"
    nodes = [node for name in states for node in steps[name]]
    by_x, *by_nodes = torch.autograd.grad(values[0], [x, *nodes], materialize_grads=True)
    first = [node[0] for node in by_nodes]
    by_state = dict(zip(states, (first[: len(x)], first[len(x) :]), strict=False))
    flows = {name: all_words(score, torch.stack(found).norm(dim=-1)) for name, found in by_state.items()}
    return Gradients(
        score=float(values[0].detach()),
        baseline=float(values[1].detach()),
        gradient_input=all_words(score, (given * by_x[:, :1]).sum(dim=(1, 2))),
        h_flow=flows["h"],
        c_flow=flows.get("c"),
        direct=_direct(score, place, steps, by_state),
    )


def _direct(
    score: TagScore, place: tuple[int, int], steps: dict[str, list[Tensor]], by_state: dict[str, list[Tensor]]
) -> Array | None:
    """Return the norm of what goes along the cell alone; what is held by hand does not let it through."""
    carrier, gate = {"LSTM": ("c", "f"), "GRU": ("h", "z")}.get(score.tagger.recurrent.mode, ("", ""))
    if not carrier:
        return None
    alive = by_state[carrier][score.step].double()
    found = torch.zeros(len(steps[gate]), dtype=torch.float64)
    order = range(score.step, len(found)) if place[1] else range(score.step, -1, -1)
    for k in order:
        found[k] = alive.norm()
        alive = alive * steps[gate][k][0].detach().double()
        held = held_at(score.hands, place, carrier, k)
        if held is not None:
            alive = alive.masked_fill(held[0], 0.0)
    return all_words(score, found.to(score.x.dtype))
