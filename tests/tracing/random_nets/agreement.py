"""Whether a capture agrees with the loop."""

from collections.abc import Iterator
from dataclasses import dataclass
from unittest.mock import patch

import numpy as np
import torch

import lstm_viz
from lstm_viz.tracing import proof, reading
from tests.tracing.random_nets.nets import Case, Net, random_net
from tests.tracing.random_nets.oracle import computed, noted_calls

#: The largest difference by precision: relative to 1 or the largest number, whichever is larger.
BOUND = {torch.float64: 1e-12, torch.float32: 1e-6, torch.float16: 8 * 2.0**-11, torch.bfloat16: 8 * 2.0**-8}


@dataclass(frozen=True)
class Agreement:
    """How far a capture is from the loop, and how much of what rounding may explain its proof needed."""

    net: Net
    error: float
    excess: float

    @property
    def holds(self) -> bool:
        return self.error <= BOUND[self.net.dtype]


def agreements(seeds: range) -> Iterator[Agreement]:
    """Yield the agreement of every net that torch runs: some kernels do not exist in half precision."""
    for seed in seeds:
        net = random_net(seed)
        try:
            yield agreement(net)
        except NotImplementedError:
            continue


def agreement(net: Net) -> Agreement:
    """Return how far the capture of a net is from the loop.

    Raises
    ------
    NotImplementedError
        If torch has no such kernel.
    """
    case, excesses = Case(net), []

    def noting(call, found):
        differences = proof.prove(call, found)
        excesses.extend(difference.error / difference.bound for difference in differences)
        return differences

    noted = noted_calls(lambda: _run(case))
    with patch.object(reading, "prove", noting), lstm_viz.capture(case.module, exact=net.exact) as capture:
        _run(case)
        (trace,) = capture.calls[""]
        error = _error(trace, *computed(noted))
    return Agreement(net, error, max(excesses))


def _run(case: Case) -> None:
    try:
        case.run()
    except RuntimeError as error:
        if "not implemented" in str(error) or "not supported" in str(error) or "primitive" in str(error):
            raise NotImplementedError from error
        raise


def _error(trace, expected: dict[str, np.ndarray], x: np.ndarray, lengths: list[int]) -> float:
    assert set(trace.quantities) == set(expected)
    order = list(_order(trace, x, lengths))
    return max(_gap(ours, expected[name][:, :, :, order]) for name, ours in trace.quantities.items())


def _order(trace, x: np.ndarray, lengths: list[int]) -> Iterator[int]:
    """Yield which of the kernel's sequences each of the caller's is."""
    left = list(range(len(lengths)))
    for b, length in enumerate(trace.lengths):
        same = [
            k for k in left if lengths[k] == length and np.array_equal(trace.x[:length, b], x[:length, k])
        ]
        left.remove(same[0])
        yield same[0]


def _gap(ours: np.ndarray, expected: np.ndarray) -> float:
    assert ours.shape == expected.shape
    assert (np.isnan(ours) == np.isnan(expected)).all()
    gaps = np.abs(np.nan_to_num(ours - expected))
    return float(gaps.max() / max(1.0, np.nanmax(np.abs(expected))))
