import numpy as np
import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode
from tqdm import tqdm

import lstm_viz
from lstm_viz.tracing import CaptureWarning, NotCapturedError
from tests.tracing.zoo.networks import Decoder, Tagger

X = torch.randn(7, 3, 5)


@pytest.fixture(autouse=True)
def _no_monitor(monkeypatch):
    monkeypatch.setattr(tqdm, "monitor_interval", 0)  # dynamo's progress bars leave a thread behind


def functional(model, parameters):
    return torch.func.functional_call(model, parameters, (X,))


def parameters_of(model):
    return {name: p.detach() for name, p in model.named_parameters()}


@pytest.fixture(params=["LSTM", "GRU", "cell"])
def model(request):
    torch.manual_seed(0)
    tagger = Tagger()
    if request.param == "GRU":
        tagger.lstm = nn.GRU(5, 6)
    return CellTagger() if request.param == "cell" else tagger


class CellTagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.out = nn.GRUCell(5, 6), nn.Linear(6, 2)

    def forward(self, x):
        h, outputs = x.new_zeros(x.shape[1], 6), []
        for step in x:
            h = self.lstm(step, h)
            outputs.append(self.out(h))
        return torch.stack(outputs)


def trace_of(model):
    with lstm_viz.capture(model) as capture:
        model(X)
    return capture["lstm"]


def assert_same(capture, expected):
    """Check that there is one trace and that its quantities are those of the expected one."""
    (trace,) = capture.calls["lstm"]
    np.testing.assert_array_equal(trace.x, X.numpy())
    for name, values in expected.quantities.items():
        np.testing.assert_allclose(trace.quantities[name], values, atol=1e-6)
    assert capture.skipped == ()


def without_numbers(model, run, reason):
    """Check that a run in which tensors hold no numbers is said, and that the block goes on."""
    with pytest.warns(CaptureWarning, match=reason), lstm_viz.capture(model) as capture:
        run()
    assert all(not part.reason.startswith("a call could not") for part in capture.skipped)
    return capture


# ---------------------------------------------------------------- tensors without numbers


def test_meta(model):
    capture = without_numbers(model, lambda: model.to("meta")(X.to("meta")), "meta device")
    with pytest.raises(NotCapturedError, match="skipped: it was called on the meta device"):
        capture["lstm"]


def test_fake_tensors(model):
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        without_numbers(model, lambda: model(mode.from_tensor(X)), "fake tensors")


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.filterwarnings("ignore:The tensor attributes")
def test_export(strict):
    model = Tagger().eval()
    expected = [str(n.target) for n in torch.export.export(model, (X,), strict=strict).graph.nodes]
    with pytest.warns(CaptureWarning) as said, lstm_viz.capture(model) as capture:
        program = torch.export.export(model, (X,), strict=strict)
    assert any("LSTM): it was called with fake tensors" in str(warning.message) for warning in said)
    assert [str(node.target) for node in program.graph.nodes] == expected
    assert capture.calls["lstm"] == []
    torch.testing.assert_close(program.module()(X), model(X))


@pytest.mark.filterwarnings("ignore:`torch.jit.trace")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_jit_trace():
    model = Tagger().eval()
    with pytest.warns(CaptureWarning, match=r"torch.jit.trace was recording"), lstm_viz.capture(model):
        traced = torch.jit.trace(model, X)
    torch.testing.assert_close(traced(X), model(X))


def test_make_fx_runs_on_real_numbers(model):
    expected = trace_of(model)
    with lstm_viz.capture(model) as capture:
        make_fx(model)(X)
    assert_same(capture, expected)


# ---------------------------------------------------------------- torch.func


def test_derivatives_of_functions(model):
    given = parameters_of(model)
    with torch.no_grad():
        expected = torch.func.grad(lambda p: functional(model, p).sum())(given)
        with lstm_viz.capture(model) as capture:
            found = torch.func.grad(lambda p: functional(model, p).sum())(given)
    assert all(torch.equal(found[name], expected[name]) for name in given)
    assert capture["lstm"].max_error < 1e-6
    np.testing.assert_array_equal(capture["lstm"].x, X.numpy())


def test_functional_call_uses_the_weights_that_it_was_given(model):
    given = {name: 2 * p for name, p in parameters_of(model).items()}
    with lstm_viz.capture(model) as capture:
        functional(model, given)
    model.load_state_dict(given)
    with lstm_viz.capture(model) as again:
        model(X)
    np.testing.assert_array_equal(capture["lstm"].h, again["lstm"].h)
    assert capture["lstm"].max_error < 1e-6


@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_vmap():
    model, batch = CellTagger(), torch.randn(2, *X.shape)
    expected = torch.func.vmap(model)(batch)
    with pytest.warns(CaptureWarning, match=r"within torch.vmap"), lstm_viz.capture(model):
        found = torch.func.vmap(model)(batch)
    assert torch.equal(found, expected)


@pytest.mark.parametrize("derivative", ["jvp", "jacrev", "hessian", "grad of grad"])
def test_the_numbers_below_derivatives(model, derivative):
    if isinstance(model.lstm, nn.LSTM) and derivative != "jacrev":
        pytest.skip("torch has no second and no forward derivative of an nn.LSTM on oneDNN")

    def total(x):
        return model(x).sum()

    run = {
        "jvp": lambda: torch.func.jvp(model, (X,), (X,)),
        "jacrev": lambda: torch.func.jacrev(model)(X),
        "hessian": lambda: torch.func.hessian(total)(X),
        "grad of grad": lambda: torch.func.grad(lambda x: torch.func.grad(total)(x).sum())(X),
    }[derivative]
    expected, plain = trace_of(model), run()
    with lstm_viz.capture(model) as capture:
        found = run()
    torch.testing.assert_close(found, plain, rtol=0, atol=0)
    assert_same(capture, expected)


# ---------------------------------------------------------------- modes


@pytest.mark.parametrize(
    "mode",
    [
        torch.inference_mode,
        torch.autograd.detect_anomaly,
        lambda: FlopCounterMode(display=False),
        lambda: torch.device("cpu"),
        torch.autograd.graph.save_on_cpu,
    ],
    ids=["inference", "anomaly", "flops", "device", "saved on the CPU"],
)
@pytest.mark.filterwarnings("ignore:Anomaly Detection")
def test_modes_of_the_caller(model, mode):
    expected = model(X)
    with mode(), lstm_viz.capture(model) as capture:
        output = model(X)
        assert capture["lstm"].max_error < 1e-6
    assert torch.equal(output, expected)


def test_flops_are_those_without_a_capture(model):
    counts = []
    for capturing in (False, True):
        with FlopCounterMode(display=False) as counter:
            if capturing:
                with lstm_viz.capture(model) as capture:
                    model(X)
                    _ = capture["lstm"].h
            else:
                model(X)
        counts.append(counter.get_total_flops())
    assert counts[0] == counts[1]


def test_a_default_device_and_dtype():
    model, h = nn.GRU(5, 6), torch.zeros(1, 3, 6)
    try:
        torch.set_default_device("meta")
        torch.set_default_dtype(torch.float64)
        with lstm_viz.capture(model) as capture:
            model(X, h)
        assert capture[""].max_error < 1e-6
    finally:
        torch.set_default_device(None)
        torch.set_default_dtype(torch.float32)
    assert capture[""].h.dtype == np.float32


@pytest.mark.filterwarnings("ignore:TF32 acceleration")
def test_double_backward():
    module, x = nn.LSTM(5, 6), X.clone().requires_grad_()
    gradients = []
    with torch.backends.mkldnn.flags(enabled=False):
        for capturing in (False, True):
            if capturing:
                with lstm_viz.capture(module) as capture:
                    output = module(x)[0]
            else:
                output = module(x)[0]
            (first,) = torch.autograd.grad(output.sum(), x, create_graph=True)
            gradients.append(torch.autograd.grad(first.square().sum(), x)[0])
    assert torch.equal(*gradients)
    assert capture[""].max_error < 1e-6


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointing_computes_again_and_is_recorded_once(model, reentrant):
    x = X.clone().requires_grad_()
    with lstm_viz.capture(model) as capture:
        checkpoint(model, x, use_reentrant=reentrant).sum().backward()
    assert len(capture.calls["lstm"]) == 1
    assert capture["lstm"].max_error < 1e-6


def test_deterministic_algorithms(model):
    torch.use_deterministic_algorithms(True)
    try:
        with lstm_viz.capture(model) as capture:
            model(X)
        assert capture["lstm"].max_error < 1e-6
    finally:
        torch.use_deterministic_algorithms(False)


# ---------------------------------------------------------------- torch.compile


@pytest.fixture
def fresh():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@pytest.mark.parametrize("before", [True, False], ids=["compiled before", "compiled in the block"])
@pytest.mark.parametrize("way", ["torch.compile", "model.compile", "a function around"])
@pytest.mark.filterwarnings("ignore:The .grad attribute")
@pytest.mark.usefixtures("fresh")
def test_compiled(before, way):
    model = Tagger()
    compiled = model
    if way == "torch.compile":
        compiled = torch.compile(model, backend="eager")
    elif way == "model.compile":
        model.compile(backend="eager")
    else:
        compiled = torch.compile(lambda x: model(x) + 1, backend="eager")
    if before:
        compiled(X)
    with lstm_viz.capture(model) as capture:
        output = compiled(X)
    assert capture["lstm"].max_error < 1e-6
    assert torch.equal(output, compiled(X))


class Tied(nn.Module):
    """Two modules with some weights in common, or one module with two paths."""

    def __init__(self, a: nn.Module, b: nn.Module, shared: tuple[str, ...]) -> None:
        super().__init__()
        self.a, self.b = a, b
        for name in shared:
            setattr(b, name, getattr(a, name))

    def forward(self, x):
        return self.b(self.a(x)[0])[0]


@pytest.fixture
def compiled_kernels(fresh):
    """Let torch.compile make the kernels a part of its code, where no module calls them."""
    with torch._dynamo.config.patch(allow_rnn=True):
        yield


@pytest.mark.usefixtures("compiled_kernels")
def test_modules_in_compiled_code_are_known_by_all_their_weights():
    model = Tied(nn.GRU(5, 5), nn.GRU(5, 5), ("weight_ih_l0", "bias_ih_l0"))
    with lstm_viz.capture(model) as expected:
        model(X)
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    compiled(X)
    with lstm_viz.capture(compiled) as capture:
        compiled(X)
    for path in ("a", "b"):
        (trace,) = capture.calls[path]
        np.testing.assert_array_equal(trace.x, expected[path].x)
        np.testing.assert_array_equal(trace.n, expected[path].n)


@pytest.mark.parametrize("chosen", [None, "a"])
@pytest.mark.usefixtures("compiled_kernels")
def test_modules_in_compiled_code_that_share_all_weights_are_said(chosen):
    gru = nn.GRU(5, 5)
    model = Tied(gru, nn.GRU(5, 5), tuple(name for name, _ in gru.named_parameters()))
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    compiled(X)
    reason = "shares its weights with another module"
    with pytest.warns(CaptureWarning, match=reason), lstm_viz.capture(compiled, modules=chosen) as capture:
        compiled(X)
    paths = list(capture.calls)
    assert [module.path for module in capture.skipped] == paths
    assert paths == ["_orig_mod.a", "_orig_mod.b"][: 1 if chosen else 2]
    with pytest.raises(NotCapturedError, match=reason):
        capture["a"]
    with torch.compiler.set_stance("force_eager"), lstm_viz.capture(compiled, modules=chosen) as capture:
        compiled(X)
    assert [len(traces) for traces in capture.calls.values()] == [1] * len(paths)
    np.testing.assert_array_equal(capture["a"].x, X.numpy())


@pytest.mark.parametrize("one", [True, False], ids=["one module", "all weights"])
@pytest.mark.usefixtures("fresh")
def test_tied_modules_that_compiled_code_calls_are_right(one):
    gru = nn.GRU(5, 5)
    model = Tied(gru, gru if one else nn.GRU(5, 5), tuple(name for name, _ in gru.named_parameters()))
    compiled = torch.compile(model, backend="aot_eager")
    compiled(X)
    with lstm_viz.capture(compiled) as capture:
        compiled(X)
    first, second = capture.calls["a"] if one else (capture["a"], capture["b"])
    np.testing.assert_array_equal(first.x, X.numpy())
    np.testing.assert_allclose(second.x, first.h[0, 0], atol=1e-6)


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.usefixtures("compiled_kernels")
@pytest.mark.filterwarnings("ignore::lstm_viz.tracing.CaptureWarning")
def test_a_module_with_two_paths_in_compiled_code_is_under_both_or_said_for_both(backend):
    model = Tied(nn.GRU(5, 5), nn.GRU(5, 5), ())
    model.b = model.a
    compiled = torch.compile(model, backend=backend, fullgraph=True)
    compiled(X)
    with lstm_viz.capture(compiled) as capture:
        compiled(X)
    for path in ("a", "b"):
        if backend == "eager":
            assert [trace.max_error < 1e-6 for trace in capture.calls[path]] == [True, True]
        else:
            with pytest.raises(NotCapturedError, match=r"no call was seen; if torch\.compile"):
                capture[path]


@pytest.mark.usefixtures("fresh")
def test_the_error_for_a_module_in_a_compiled_function_tells_of_compilation():
    cell = nn.GRUCell(5, 6)
    function = torch.compile(lambda x: cell(x) + 1, backend="aot_eager")
    function(X[0])
    said = r"torch's kernels? in the thread of the capture; if torch\.compile"
    with pytest.warns(CaptureWarning, match=said), lstm_viz.capture(cell) as capture:
        function(X[0])
    with pytest.raises(NotCapturedError, match=said):
        capture[""]


@pytest.mark.usefixtures("fresh")
def test_cells_in_one_compiled_graph_are_right_or_said():
    model = Decoder()
    compiled, x = torch.compile(model, backend="aot_eager", fullgraph=True), torch.randn(3, 5)
    with (
        pytest.warns(CaptureWarning, match="_orig_mod.cell .LSTMCell.: no call was seen"),
        lstm_viz.capture(compiled) as capture,
    ):
        output = compiled(x)
    torch.testing.assert_close(output, model(x))
    with pytest.raises(NotCapturedError, match="set_stance"):
        _ = capture["cell"]
