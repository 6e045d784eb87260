"""Whether a capture tells what a model's kernels computed, and leaves the model's numbers alone."""

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn

import lstm_viz
from tests.tracing.zoo.kernel_calls import KernelCall, quantities_of, recorded


def check(
    make: Callable[[], nn.Module], run: Callable[[nn.Module], object], **how
) -> lstm_viz.tracing.Capture:
    """Run a model twice, recorded and captured, and compare every gate, output and gradient.

    ``lengths`` are those of packed batches in the caller's order, by path; ``owner`` is the path of a module
    that calls kernels itself.
    """
    with recorded() as calls:
        plain, expected = _numbers_of(make, run)
    numbers, capture = _captured(make, run)
    assert len(expected) == len(numbers)
    assert all(torch.equal(a, b) for a, b in zip(expected, numbers, strict=True))
    paths = {module: path for path, module in plain.named_modules()}
    by_path: dict[str, list[KernelCall]] = {}
    for call in calls:
        by_path.setdefault(paths[call.owner] if call.owner else how.get("owner", ""), []).append(call)
    assert {path for path, traces in capture.calls.items() if traces} == set(by_path)
    for path, those in by_path.items():
        compare(capture.calls[path], those, how.get("lengths", {}).get(path))
    return capture


def compare(traces: Iterable, calls: list[KernelCall], lengths: list[int] | None = None) -> None:
    """Compare traces with kernel calls: one each, or of a cell one for each step."""
    left = list(calls)
    for trace in traces:
        count = trace.steps if left[0].is_cell else 1
        those, left = left[:count], left[count:]
        _compare_one(trace, [quantities_of(call) for call in those], lengths)
    assert not left


def _compare_one(trace, computed: list[dict[str, np.ndarray]], lengths: list[int] | None) -> None:
    order = slice(None) if lengths is None else np.argsort(np.argsort([-n for n in lengths], kind="stable"))
    if lengths is not None:
        assert trace.lengths.tolist() == lengths
    x = np.concatenate([one["x"] for one in computed])
    np.testing.assert_array_equal(trace.x, x[:, order].astype(trace.x.dtype))
    np.testing.assert_array_equal(trace.h0, computed[0]["h0"][:, :, order].astype(trace.h0.dtype))
    for name in trace.KIND.order:
        expected = np.concatenate([one[name] for one in computed], axis=2)[:, :, :, order]
        np.testing.assert_allclose(getattr(trace, name), expected, rtol=1e-5, atol=5e-6, err_msg=name)
    assert trace.max_error < 1e-5


def _captured(make, run):
    captured = []

    def run_captured(model):
        with lstm_viz.capture(model) as capture:
            captured.append(capture)
            return run(model)

    _, numbers = _numbers_of(make, run_captured)
    return numbers, captured[0]


def _numbers_of(make, run) -> tuple[nn.Module, list[Tensor]]:
    """Return the model, and its outputs, gradients and the random numbers' state."""
    torch.manual_seed(0)
    model = make()
    torch.manual_seed(1)
    outputs = list(_tensors(run(model)))
    trained = [output for output in outputs if output.requires_grad]
    if trained:
        torch.stack([output.float().square().sum() for output in trained]).sum().backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert bool(gradients) == bool(trained)
    return model, [*(output.detach() for output in outputs), *gradients, torch.get_rng_state()]


def _tensors(given) -> Iterable[Tensor]:
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _tensors(one)
