"""Adam and SGD of torch without its compiler, whose import takes as long as that of torch itself.

The methods of `torch.optim.Optimizer` are decorated for `torch.compile`, and the decorators import
``torch._dynamo`` with the first call. Here the methods themselves are called: steps and states are the same.
"""

from inspect import unwrap

import torch
from torch import optim

_BASE = optim.Optimizer


class _Eager(optim.Optimizer):
    add_param_group = unwrap(_BASE.add_param_group)
    state_dict = unwrap(_BASE.state_dict)
    load_state_dict = unwrap(_BASE.load_state_dict)
    zero_grad = unwrap(_BASE.zero_grad)


class Adam(_Eager, optim.Adam):
    """`torch.optim.Adam`."""

    step = torch.no_grad()(unwrap(optim.Adam.step))


class SGD(_Eager, optim.SGD):
    """`torch.optim.SGD`."""

    step = torch.no_grad()(unwrap(optim.SGD.step))
