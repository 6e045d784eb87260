"""Random recurrent nets over the whole product of options."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

_KINDS = {
    "LSTM": (nn.LSTM, {}),
    "LSTM projecting": (nn.LSTM, {"proj_size": 2}),
    "GRU": (nn.GRU, {}),
    "RNN tanh": (nn.RNN, {"nonlinearity": "tanh"}),
    "RNN relu": (nn.RNN, {"nonlinearity": "relu"}),
    "LSTMCell": (nn.LSTMCell, {}),
    "GRUCell": (nn.GRUCell, {}),
    "RNNCell tanh": (nn.RNNCell, {"nonlinearity": "tanh"}),
    "RNNCell relu": (nn.RNNCell, {"nonlinearity": "relu"}),
}
KINDS = tuple(_KINDS)
FORMS = ("time first", "batch first", "unbatched", "packed", "packed unsorted")
BEHAVIOURS = ("plain", "changes input", "changes state", "changes output", "forward", "packs inside")
GRADIENTS = ("grad", "no_grad", "inference", "frozen")
DTYPES = (torch.float32, torch.float32, torch.float64, torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class Net:
    """The options of one random net and its call, and the seed of its numbers."""

    kind: str
    seed: int
    layers: int
    both: bool
    bias: bool
    form: str
    lengths: tuple[int, ...]
    inputs: int
    hidden: int
    given_state: bool
    dropout: float
    training: bool
    dtype: torch.dtype
    gradients: str
    exact: bool
    behaviour: str
    onednn: bool

    @property
    def is_cell(self) -> bool:
        return "Cell" in self.kind


def random_net(seed: int) -> Net:
    """Return the net of a seed."""
    generator = torch.Generator().manual_seed(seed)

    def one_of(choices):
        return choices[int(torch.randint(len(choices), (), generator=generator))]

    kind, batch = one_of(KINDS), one_of((1, 1, 2, 3, 5))
    form = one_of(FORMS[:1] + FORMS[2:3]) if "Cell" in kind else one_of(FORMS)
    lengths = [one_of((1, 2, 3, 4, 7, 12, 20)) for _ in range(1 if form == "unbatched" else batch)]
    if form == "packed":
        lengths.sort(reverse=True)
    elif not form.startswith("packed"):
        lengths = [lengths[0]] * len(lengths)
    behaviour = one_of(("plain", *BEHAVIOURS))
    if "Cell" in kind or (behaviour == "packs inside" and form in ("unbatched", "packed", "packed unsorted")):
        behaviour = "plain"
    both = (True, False)
    return Net(
        kind, seed, one_of((1, 1, 2, 3)), one_of(both), one_of((True, True, False)), form,
        tuple(lengths), one_of((2, 3, 5, 8, 17)), one_of((3, 4, 6, 8, 16, 17, 33)), one_of(both),
        one_of((0.0, 0.0, 0.3, 0.5)), one_of(both), one_of(DTYPES), one_of(GRADIENTS),
        one_of((True, True, True, False)),
        behaviour, one_of(both),
    )  # fmt: skip


class Case:
    """A net with its numbers, ready to be run as often as one likes, each time alike."""

    def __init__(self, net: Net) -> None:
        self.net = net
        torch.manual_seed(net.seed)
        self.module = _module(net).train(net.training)
        if net.gradients == "frozen":
            self.module.requires_grad_(False)
        self.x = torch.randn(max(net.lengths), len(net.lengths), net.inputs).to(net.dtype)
        self.hx = self._state() if net.given_state else None

    def run(self) -> None:
        """Run the module in the net's modes."""
        torch.manual_seed(self.net.seed + 1)
        with modes(self.net):
            if self.net.is_cell:
                self._loop()
            elif self.net.behaviour == "forward":
                self.module.forward(self._source(), self.hx)
            else:
                self.module(self._source(), self.hx)

    def _loop(self) -> None:
        state = self.hx
        for x in self.x[:, 0] if self.net.form == "unbatched" else self.x:
            state = self.module(x, state)

    def _source(self) -> Tensor | PackedSequence:
        net, x = self.net, self.x
        if net.form.startswith("packed"):
            return pack_padded_sequence(x, torch.tensor(net.lengths), enforce_sorted=net.form == "packed")
        return {"batch first": x.transpose(0, 1), "unbatched": x[:, 0]}.get(net.form, x)

    def _state(self):
        net = self.net
        count = () if net.is_cell else (net.layers * (1 + net.both),)
        batch = () if net.form == "unbatched" else (len(net.lengths),)
        sizes = [2 if "projecting" in net.kind else net.hidden] + [net.hidden] * net.kind.startswith("LSTM")
        states = tuple((torch.rand(*count, *batch, size) - 0.5).to(net.dtype) for size in sizes)
        return states if len(states) > 1 else states[0]


@contextmanager
def modes(net: Net) -> Iterator[None]:
    """Turn on what the net is run in."""
    with ExitStack() as stack:
        if net.gradients == "no_grad":
            stack.enter_context(torch.no_grad())
        if net.gradients == "inference":
            stack.enter_context(torch.inference_mode())
        stack.callback(torch._C._set_mkldnn_enabled, torch._C._get_mkldnn_enabled())
        torch._C._set_mkldnn_enabled(net.onednn)
        yield


def _module(net: Net) -> nn.Module:
    kind, extra = _KINDS[net.kind]
    if net.is_cell:
        return kind(net.inputs, net.hidden, bias=net.bias, dtype=net.dtype, **extra)
    if net.behaviour not in ("plain", "forward"):
        kind = type(f"Own{kind.__name__}", (kind,), {"forward": _forward(kind, net)})
    return kind(
        net.inputs, net.hidden, net.layers, bias=net.bias, bidirectional=net.both, dtype=net.dtype,
        batch_first=net.form == "batch first", dropout=net.dropout if net.layers > 1 else 0, **extra,
    )  # fmt: skip


def _forward(kind, net: Net):
    def forward(self, x, hx=None):
        if net.behaviour == "changes input":
            x = x._replace(data=x.data * 2 + 0.25) if isinstance(x, PackedSequence) else x * 2 + 0.25
        if net.behaviour == "changes state" and hx is not None:
            hx = tuple(s * 0.5 + 0.125 for s in hx) if isinstance(hx, tuple) else hx * 0.5 + 0.125
        if net.behaviour == "packs inside":
            steps, batch = x.shape[:2][:: -1 if net.form == "batch first" else 1]
            lengths = torch.tensor([1 + (steps - 1 + k) % steps for k in range(batch)])
            x = pack_padded_sequence(x, lengths, net.form == "batch first", enforce_sorted=False)
        output, state = kind.forward(self, x, hx)
        if net.behaviour == "changes output":
            output = (
                output._replace(data=output.data * 3) if isinstance(output, PackedSequence) else output * 3
            )
        return output, state

    return forward
