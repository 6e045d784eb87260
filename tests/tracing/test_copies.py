import copy
import io
import threading

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, Dataset

import lstm_viz
from lstm_viz.tracing import NotCapturedError
from tests.tracing.zoo.networks import Tagger

X = torch.randn(7, 3, 5)


def test_a_copy_has_nothing_to_do_with_the_capture():
    model = nn.GRU(5, 6)
    with torch.no_grad(), lstm_viz.capture(model) as capture:
        ema = copy.deepcopy(model)
        for p in ema.parameters():
            p.mul_(3)
        ema(X)
        AveragedModel(model)(X)
        assert capture.calls[""] == []
        model(X)
    (trace,) = capture.calls[""]
    np.testing.assert_allclose(trace.h[0, 0], model(X)[0].detach(), atol=1e-6)
    with lstm_viz.capture(ema) as of_copy:
        ema(X)
    np.testing.assert_allclose(of_copy[""].h[0, 0], ema(X)[0].detach(), atol=1e-6)


def test_a_model_is_saved_loaded_and_pickled_in_the_block():
    model, file = Tagger(), io.BytesIO()
    with lstm_viz.capture(model) as capture:
        torch.save(model, file)
        file.seek(0)
        loaded = torch.load(file, weights_only=False)
        loaded(X)
        model.load_state_dict(loaded.state_dict())
        model(X)
    assert len(capture.calls["lstm"]) == 1


def test_a_loader_in_the_block():
    model = Tagger()
    with lstm_viz.capture(model) as capture:
        for batch in DataLoader([torch.randn(5) for _ in range(4)], batch_size=2):
            model(batch[:, None])
    assert [trace.steps for trace in capture.calls["lstm"]] == [2, 2]


def test_a_copy_that_the_model_takes_in_is_captured_too():
    model = nn.ModuleDict({"online": nn.GRU(5, 6)})
    with lstm_viz.capture(model) as capture:
        model["target"] = copy.deepcopy(model["online"])
        model["target"](X)
    assert [len(traces) for traces in capture.calls.values()] == [0, 1]


@pytest.mark.parametrize("kind", [nn.GRU, nn.GRUCell])
def test_a_module_that_is_replaced_keeps_its_path_and_its_traces(kind):
    model, x = nn.ModuleDict({"a": kind(5, 6)}), X if kind is nn.GRU else X[0]
    with lstm_viz.capture(model) as capture:
        for _ in range(2):
            model["a"](x)
            model["a"] = kind(5, 6)
        expected = model["a"](x)
    assert len(capture.calls["a"]) == 3
    assert repr(capture) == "Capture(modules=1, traces=3, skipped=0)"
    h = expected[0][-1] if kind is nn.GRU else expected
    np.testing.assert_allclose(capture[model["a"]].h[0, 0, -1], h.detach(), atol=1e-6)


def test_a_module_that_is_called_before_the_model_takes_it_in():
    model, part = nn.ModuleDict({"a": nn.GRU(5, 6)}), nn.GRU(5, 6)
    with lstm_viz.capture(model) as capture:
        part(X)
        with pytest.raises(NotCapturedError, match="not in the model: 1"):
            _ = capture["a"]
        model["b"] = part
        part(X)
    assert [len(traces) for traces in capture.calls.values()] == [0, 1]


def test_a_worker_of_a_loader_has_nothing_to_do_with_the_capture():
    model = nn.GRU(5, 6)
    with torch.no_grad(), lstm_viz.capture(model) as capture:
        batches = list(DataLoader(Encoded(model), num_workers=1, multiprocessing_context="fork"))
        assert capture.calls[""] == []
        model(X)
    assert len(batches) == 2
    assert capture[""].max_error < 1e-6


class Encoded(Dataset):
    """Samples that the worker encodes with the model."""

    def __init__(self, model):
        self._model = model

    def __len__(self):
        return 2

    def __getitem__(self, index):
        with torch.no_grad():
            return self._model(X[:, index])[1]


def test_every_thread_has_a_capture_of_its_own():
    model, found = nn.LSTM(5, 6), {}
    ready = threading.Barrier(3)

    def explain(number):
        with torch.no_grad(), lstm_viz.capture(model) as capture:
            ready.wait(timeout=60)
            for _ in range(20):
                model(torch.full((3, 1, 5), float(number)))
            ready.wait(timeout=60)
        found[number] = {trace.x[0, 0, 0] for trace in capture.calls[""]}, len(capture.calls[""])

    threads = [threading.Thread(target=explain, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == {number: ({float(number)}, 20) for number in range(3)}


def test_a_call_in_another_thread_is_not_recorded_and_traces_are_read_there():
    model, steps = nn.LSTM(5, 6), []
    with lstm_viz.capture(model) as capture:
        thread = threading.Thread(target=model, args=(X,))
        thread.start()
        thread.join(120)
        assert capture.calls[""] == []
        model(X)
    thread = threading.Thread(target=lambda: steps.append(capture[""].f.shape[2]))
    thread.start()
    thread.join(120)
    assert steps == [7]
