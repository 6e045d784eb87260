"""A fault injector: right captures, altered in every way we could think of before the proof sees them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np
import torch

import lstm_viz
from lstm_viz.tracing import reading, recorder, workspace
from lstm_viz.tracing.call import Call
from lstm_viz.tracing.disabled_modes import disable_modes
from lstm_viz.tracing.from_workspace import recover_from_workspace
from lstm_viz.tracing.portable import recover_portably
from lstm_viz.tracing.proof import prove
from lstm_viz.tracing.recovered import Recovered
from tests.tracing.random_nets.nets import Case, random_net

#: A fault is at least this large.
LEAST = 1e-3


@dataclass(frozen=True)
class Fault:
    """What was done to a capture, and what the proof said.

    Attributes
    ----------
    kind : str
    where : str
        The kind of net, the gate.
    noticed : bool
    by_states : bool
        Whether it would be noticed by h and c alone, without the weights.
    seen : float
        By how much h, or c where torch returned it, changed.
    """

    kind: str
    where: str
    noticed: bool
    by_states: bool
    seen: float


def faults(seeds: range, each: int = 3) -> Iterator[Fault]:
    """Yield faults of every kind, ``each`` of every random net in float32 and float64."""
    for seed in seeds:
        net = random_net(seed)
        if net.dtype not in (torch.float32, torch.float64) or (net.training and net.dropout):
            continue
        call = _call(Case(net))
        with disable_modes():
            found = _find(call)
            assert all(difference.is_explained for difference in prove(call, found)), net
            for turn in range(each):
                random = np.random.default_rng((seed, turn))
                yield from _in_gates(net.kind, call, found, random)
                yield from _in_calls(net.kind, call, found, random)


def _call(case: Case) -> Call:
    """Return the call of a case, before anything is found."""
    calls = []
    find = reading._find
    noting = patch.object(reading, "_find", lambda call: (calls.append(call), find(call))[1])
    as_first_of_its_size = patch.object(recorder, "verified", lambda recorded: recorded)
    with (
        noting,
        as_first_of_its_size,
        patch.object(workspace, "_known_sizes", set()),
        lstm_viz.capture(case.module, exact=case.net.exact) as capture,
    ):
        case.run()
        _ = capture.calls[""][0].max_error
    return calls[0]


def _find(call: Call) -> Recovered:
    return recover_from_workspace(call) or recover_portably(call)


def _noticed(call: Call, found: Recovered) -> tuple[bool, bool]:
    """Return whether the proof notices it, and whether it does so without the weights."""
    wrong = [difference for difference in prove(call, found) if not difference.is_explained]
    return bool(wrong), any(difference.what != "gates" for difference in wrong)


# ---------------------------------------------------------------- gates


def _in_gates(where: str, call: Call, found: Recovered, random) -> Iterator[Fault]:
    names = [name for name in found.quantities if name not in "ch"] or ["h"]
    for alter in (
        _one_value,
        _gates_swapped,
        _two_gates_swapped_in_one_place,
        _two_units_swapped,
        _shifted,
        _exchanged,
    ):
        gates = {name: found.quantities[name].copy() for name in names}
        at = tuple(int(random.integers(n)) for n in found.quantities["h"].shape[:2])
        name = alter(gates, at, call.lengths, random)
        if name is None or _change(gates, found.quantities) < LEAST:
            continue
        altered = _with_states(call, found, gates)
        changes = [_change(altered.quantities, found.quantities, "h")]
        if call.c0 is not None:
            last = call.cells is not None or found.reads_gates
            changes.append(_change(altered.quantities, found.quantities, "c") if last else 0)
        kind = alter.__name__[1:].replace("_", " ")
        yield Fault(kind, f"{where} {name}", *_noticed(call, altered), max(changes))


def _change(ours, theirs, only=None) -> float:
    names = [only] if only else list(ours)
    return max(float(np.nanmax(np.abs(ours[n].astype(np.float64) - theirs[n]))) for n in names)


def _a_place(gate, at, lengths, random) -> tuple[int, ...]:
    b = int(random.integers(len(lengths)))
    return (*at, int(random.integers(lengths[b])), b, int(random.integers(gate.shape[-1])))


def _one_value(gates, at, lengths, random):
    name = str(random.choice(list(gates)))
    place = _a_place(gates[name], at, lengths, random)
    size = 10 ** random.uniform(-3, -0.5) * 1.01
    old = gates[name][place]
    low = 0 if name in "ifozr" else -1
    gates[name][place] = old - size if old - size > low and random.random() < 0.5 else old + size
    if gates[name][place] > 1 and name != "h":
        gates[name][place] = old - size
    return name


def _gates_swapped(gates, at, lengths, random):
    if len(gates) < 2:
        return None
    a, b = random.choice(list(gates), 2, replace=False)
    gates[a][at], gates[b][at] = gates[b][at].copy(), gates[a][at].copy()
    return a + b


def _two_gates_swapped_in_one_place(gates, at, lengths, random):
    if len(gates) < 2:
        return None
    a, b = random.choice(list(gates), 2, replace=False)
    place = _a_place(gates[a], at, lengths, random)
    gates[a][place], gates[b][place] = gates[b][place], gates[a][place]
    return a + b


def _two_units_swapped(gates, at, lengths, random):
    name = str(random.choice(list(gates)))
    place = _a_place(gates[name], at, lengths, random)
    other = (*place[:-1], int(random.integers(gates[name].shape[-1])))
    gates[name][place], gates[name][other] = gates[name][other], gates[name][place]
    return name


def _shifted(gates, at, lengths, random):
    name = str(random.choice(list(gates)))
    for b, length in enumerate(lengths):
        gates[name][at][:length, b] = np.roll(gates[name][at][:length, b], 1, axis=0)
    return name


def _exchanged(gates, at, lengths, random):
    name = str(random.choice(list(gates)))
    if len(lengths) < 2:
        return None
    a, b = random.choice(len(lengths), 2, replace=False)
    both = min(lengths[a], lengths[b])
    gate = gates[name][at]
    gate[:both, [a, b]] = gate[:both, [b, a]]
    return name


def _with_states(call: Call, found: Recovered, gates) -> Recovered:
    """Return what would have been found with these gates: c and h follow from them."""
    quantities = {**found.quantities, **gates}
    if "h" not in gates:
        h, c = found.quantities["h"].copy(), found.quantities.get("c")
        c = None if c is None else c.copy()
        for layer, direction, b in np.ndindex(*h.shape[:2], len(call.lengths)):
            order = range(call.lengths[b])[:: -1 if direction else 1]
            before = -1
            for t in order:
                at = (layer, direction, t, b)
                q = {name: gate[at] for name, gate in gates.items()}
                if c is None:
                    h0 = (
                        call.h0[layer, direction, b].numpy()
                        if before < 0
                        else found.theirs[layer, direction, before, b]
                    )
                    h[at] = (1 - q["z"]) * q["n"] + q["z"] * h0
                else:
                    kept = found.quantities["c"] if call.recorded.on_onednn else c
                    c0 = (
                        call.c0[layer, direction, b].numpy()
                        if before < 0
                        else kept[layer, direction, before, b]
                    )
                    c[at] = q["f"] * c0 + q["i"] * q["g"]
                    h[at] = _hidden(call, layer, direction, q["o"] * np.tanh(c[at]))
                before = t
        quantities["h"] = h
        if c is not None:
            quantities["c"] = c
    return replace(found, quantities=quantities)


def _hidden(call: Call, layer: int, direction: int, h):
    weight_hr = call.weights[layer][direction].weight_hr
    return h if weight_hr is None else weight_hr.numpy() @ h


# ---------------------------------------------------------------- calls


def _in_calls(where: str, call: Call, found: Recovered, random) -> Iterator[Fault]:
    for alter in (
        _stale_weights,
        _wrong_direction,
        _h0_dropped,
        _c0_dropped,
        _another_x,
        _layers_swapped,
        _batch_exchanged,
    ):
        altered = alter(call, random)
        if altered is None:
            continue
        again = _read_once_more(altered)
        states = [name for name in "hc" if name in found.quantities]
        ours = recover_portably(altered).quantities
        seen = max(_change(ours, found.quantities, name) for name in states)
        yield Fault(alter.__name__[1:].replace("_", " "), where, *_noticed(altered, again), seen)


def _read_once_more(call: Call) -> Recovered:
    """Return what is found of an altered call, by the gates that the kernel kept if it kept them."""
    again = _find(call)
    return replace(again, inputs=[call.x, *again.inputs[1:]])


def _stale_weights(call: Call, random):
    layers = [list(each) for each in call.weights]
    layer, direction = int(random.integers(len(layers))), int(random.integers(len(layers[0])))
    w = layers[layer][direction]
    name = str(random.choice(["weight_ih", "weight_hh"]))
    changed = getattr(w, name).clone()
    changed[int(random.integers(len(changed)))] += 0.3
    layers[layer][direction] = replace(w, **{name: changed})
    return replace(call, weights=tuple(map(tuple, layers)))


def _wrong_direction(call: Call, random):
    if call.h0.shape[1] < 2:
        return None
    return replace(call, weights=tuple(each[::-1] for each in call.weights))


def _h0_dropped(call: Call, random):
    return replace(call, h0=torch.zeros_like(call.h0)) if call.h0.abs().max() > LEAST else None


def _c0_dropped(call: Call, random):
    if call.c0 is None or call.c0.abs().max() < LEAST:
        return None
    return replace(call, c0=torch.zeros_like(call.c0))


def _another_x(call: Call, random):
    x = torch.from_numpy(random.standard_normal(call.x.shape)).to(call.x.dtype)
    packed = call.packed
    if packed is not None:
        data = torch.from_numpy(random.standard_normal(packed.data.shape)).to(packed.data.dtype)
        packed = packed._replace(data=data)
        x = torch.nn.utils.rnn.pad_packed_sequence(packed)[0]
    return replace(call, x=x, packed=packed)


def _layers_swapped(call: Call, random):
    if len(call.weights) < 3:
        return None
    first, *others = call.weights
    return replace(call, weights=(first, *others[::-1]))


def _batch_exchanged(call: Call, random):
    if len(call.lengths) < 2 or call.packed is not None:
        return None
    order = [1, 0, *range(2, len(call.lengths))]
    return replace(call, x=call.x[:, order])
