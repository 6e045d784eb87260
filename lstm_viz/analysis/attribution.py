"""Attribution of a tag's score by one backward pass: gradient × input, and the gradient flow.

Sources: A. Shrikumar, P. Greenside, A. Shcherbina, A. Kundaje, "Not Just a Black Box: Learning Important
Features Through Propagating Activation Differences", 2016 (gradient × input); R. Pascanu, T. Mikolov,
Y. Bengio, "On the difficulty of training Recurrent Neural Networks", ICML 2013 (vanishing gradients).

T words, I input features, H hidden size. Arrays have the precision of the weights.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_viz.analysis.tag_score import Array, Score, all_words, clamped_at
from lstm_viz.cells import KINDS, operand


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The results of one backward pass from a score; 0 for words that the score does not depend on.

    Attributes
    ----------
    score, baseline : float
        The score of the sentence, and with all inputs zero.
    gradient_input : array (T,)
        Σ over a word's inputs of x · ∂ score / ∂ x.
    h_flow : array (T,)
        ‖∂ score / ∂ hₖ‖, the total derivative.
    c_flow : array (T,) or None
        ‖∂ score / ∂ cₖ‖; None unless an LSTM.
    direct : array (T,) or None
        ‖∂ score / ∂ cₜ ⊙ ∏ f‖, with the word t of the score and the product over the steps from k to t: the
        gradient at cₖ along the cell state alone. For a GRU ‖∂ score / ∂ hₜ ⊙ ∏ z‖, for any other kind with
        the state and the factor of `lstm_viz.cells.CellKind.gated_state`; None for an RNN, and for a score of
        the whole input.
    """

    score: float
    baseline: float
    gradient_input: Array
    h_flow: Array
    c_flow: Array | None
    direct: Array | None


@torch.enable_grad()
def gradients(score: Score, layer: int = -1, direction: int = 0) -> Gradients:
    """Return gradient × input of every word, and the gradient flow through one layer and direction.

    Raises
    ------
    ValueError
        If the module has no such layer or direction.
    """
    net = score.net
    if not -net.num_layers <= layer < net.num_layers or not 0 <= direction <= net.bidirectional:
        raise ValueError(f"the net has no layer {layer} with a direction {direction}")
    place = layer % net.num_layers, direction
    inputs = score.x[: score.reach].detach()
    x = torch.cat([inputs, torch.zeros_like(inputs)], 1).requires_grad_()  # the baseline is a second copy
    read = score.read(x)
    values = score.at(read)
    steps, states = read.steps[place], KINDS[net.mode].states
    nodes = [node for name in states for node in steps[name]]
    by_x, *by_nodes = torch.autograd.grad(values[0], [x, *nodes], materialize_grads=True)
    first = [node[0] for node in by_nodes]
    by_state = {name: first[k * len(x) : (k + 1) * len(x)] for k, name in enumerate(states)}
    flows = {name: all_words(score, torch.stack(found).norm(dim=-1)) for name, found in by_state.items()}
    return Gradients(
        score=float(values[0].detach()),
        baseline=float(values[1].detach()),
        gradient_input=all_words(score, (inputs * by_x[:, :1]).sum(dim=(1, 2))),
        h_flow=flows["h"],
        c_flow=flows.get("c"),
        direct=_direct(score, place, steps, by_state),
    )


def _direct(
    score: Score, place: tuple[int, int], steps: dict[str, list[Tensor]], by_state: dict[str, list[Tensor]]
) -> Array | None:
    """Return the norm of the gradient along the cell state alone; a clamped state stops it."""
    gated_state = KINDS[score.net.mode].gated_state
    if gated_state is None or score.step is None:
        return None
    gradient = by_state[gated_state.state][score.step].cpu().double()
    gates = torch.stack(steps[gated_state.gate])[:, 0].detach().cpu().double()
    kept = torch.from_numpy(operand(gated_state.keep, {gated_state.gate: gates.numpy()}))
    found = torch.zeros(len(kept), dtype=torch.float64)
    order = range(score.step, len(found)) if place[1] else range(score.step, -1, -1)
    for k in order:
        found[k] = gradient.norm()
        gradient = gradient * kept[k]
        clamped = clamped_at(score.interventions, place, gated_state.state, k)
        if clamped is not None:
            gradient = gradient.masked_fill(clamped[0].cpu(), 0.0)
    return all_words(score, found.to(score.x.dtype))
