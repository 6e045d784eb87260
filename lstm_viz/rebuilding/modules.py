"""Modules of torch for the parts of a layout, with their weights."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from lstm_viz.meta_device import meta_device
from lstm_viz.opening.layout import EmbeddingPart, LinearPart, RecurrentPart
from lstm_viz.opening.notes import ModelNotes
from lstm_viz.opening.stored import StoredTensor
from lstm_viz.opening.weights import Weight, norm_dimension
from lstm_viz.rebuilding.chain import RecurrentModule

Numbers = Mapping[StoredTensor, Tensor]
Module = TypeVar("Module", bound=nn.Module)

_MODULES: Mapping[str, Callable[..., nn.RNNBase]] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}
_CELLS: Mapping[str, Callable[..., nn.RNNCellBase]] = {
    "LSTM": nn.LSTMCell,
    "GRU": nn.GRUCell,
    "RNN": nn.RNNCell,
}


def weight_of(weight: Weight, numbers: Numbers) -> Tensor:
    """Return a weight; raises ValueError where the file does not tell how it is computed."""
    first, *others = (numbers[source] for source in weight.sources)
    if weight.rule == "weight_norm":
        dimension = norm_dimension(weight.sources[0].shape, weight.shape)
        assert dimension is not None
        return torch._weight_norm(others[0], first, dimension)
    if weight.rule == "masked":
        return first * others[0]
    if weight.rule == "spectral_norm":
        u, v = others
        return first / torch.dot(u, torch.mv(first, v))
    if weight.rule == "unknown":
        raise ValueError("the file does not tell how it is computed")
    return first


def recurrent_module(part: RecurrentPart, notes: ModelNotes, numbers: Numbers) -> RecurrentModule:
    """Return a recurrent module or cell in eval mode."""
    with meta_device():
        module = _empty_cell(part, notes) if part.is_cell else _empty_module(part, notes)
    return _with_weights(module, part.weights, numbers)


def _empty_cell(part: RecurrentPart, notes: ModelNotes) -> nn.RNNCellBase:
    return _CELLS[part.kind](part.input_size, part.hidden_size, bias=part.bias, **_activation(part, notes))


def _empty_module(part: RecurrentPart, notes: ModelNotes) -> nn.RNNBase:
    return _MODULES[part.kind](
        part.input_size,
        part.hidden_size,
        num_layers=part.num_layers,
        bias=part.bias,
        batch_first=notes.batch_first,
        bidirectional=part.bidirectional,
        **({"proj_size": part.proj_size} if part.proj_size else {}),
        **_activation(part, notes),
    )


def _activation(part: RecurrentPart, notes: ModelNotes) -> dict[str, str]:
    return {"nonlinearity": notes.nonlinearities.get(part.path, "tanh")} if part.has_nonlinearity else {}


def embedding_module(part: EmbeddingPart, numbers: Numbers) -> nn.Embedding:
    """Return an embedding in eval mode."""
    with meta_device():
        module = nn.Embedding(part.count, part.width)
    return _with_weights(module, {"weight": part.weight}, numbers)


def linear_module(part: LinearPart, numbers: Numbers) -> nn.Linear:
    """Return a linear layer in eval mode."""
    with meta_device():
        module = nn.Linear(part.in_features, part.out_features, bias=part.bias is not None)
    weights = {"weight": part.weight} | ({} if part.bias is None else {"bias": part.bias})
    return _with_weights(module, weights, numbers)


def _with_weights(module: Module, weights: Mapping[str, Weight], numbers: Numbers) -> Module:
    tensors = {name: weight_of(weight, numbers) for name, weight in weights.items()}
    module.load_state_dict(tensors, strict=True, assign=True)
    return module.eval()
