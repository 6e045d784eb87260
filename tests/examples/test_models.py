"""The examples of models over the engine's real loop: the oracle is what the model itself computes."""

import ast

import numpy as np
import pytest
import torch

from lstm_viz.messages import AblationQuery, AttributionQuery, Failure, ReadQuery
from tests.engine.in_process import engine_of
from tests.examples.examples import FOLDER, NAMES, shown, subject_of

URI = "live:model"


def outputs(name, subject, text):
    """Return what the model predicts for the shown sequence, (R, K), without any of our code."""
    _, model, inputs, how = shown(name)
    arguments = how["encode"](text)[0] if "encode" in how else inputs
    arguments = arguments if isinstance(arguments, tuple) else (arguments,)
    was_training = model.training
    model.eval()
    with torch.no_grad():
        found = how["decode"](model(*arguments))
    model.train(was_training)
    return found[0] if isinstance(found, tuple) else found


def rows_of(found, sequence, length, batch):
    """Return the rows of a sequence, whatever the order of the axes."""
    if found.dim() == 2:
        return found if len(found) == length else found[sequence : sequence + 1]
    batch_first = len(found) == batch and (batch != found.shape[1] or batch == 1)
    return (found[sequence] if batch_first else found[:, sequence])[:length]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:LSTM with projections", "ignore::UserWarning")
def test_an_example_is_read_and_explained(name):
    subject = subject_of(name)
    with engine_of(subject) as engine:
        first = engine.ask(ReadQuery(URI, subject.identity.home))
        assert not isinstance(first, Failure), (first.parameters, first.details)
        batch = max(1, len(first.model.inputs))
        for k, text in enumerate(first.model.inputs or (subject.identity.home,)):
            for module in first.model.modules:
                reading = engine.ask(ReadQuery(URI, text, module=module.path))
                assert reading.view.max_error < 1e-5, module.path
            expected = rows_of(outputs(name, subject, text), k, len(reading.words), batch)
            real = reading.model.is_real
            expected = expected if real else expected.log_softmax(-1)
            np.testing.assert_allclose(reading.scores, expected, rtol=0, atol=1e-5)
        text, number = subject.identity.home, engine.ask(ReadQuery(URI, subject.identity.home)).number
        read = ReadQuery(URI, text, step=2)
        attribution = engine.ask(AttributionQuery(number, read))
        ablation = engine.ask(AblationQuery(number, read)) if name != "forecaster" else None
    assert not isinstance(attribution, Failure), attribution
    assert attribution.done and np.isfinite(attribution.gradient_input).all()
    assert attribution.occlusion is not None and np.isfinite(attribution.occlusion).all()
    assert ablation is None or ablation.done == ablation.total


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_a_short_script_with_one_call_of_ours(name):
    source = (FOLDER / f"{name}.py").read_text()
    ours = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "lstm_viz"
    ]
    assert len(source.splitlines()) < 60 and [node.attr for node in ours] == ["show"]
    lines = source.splitlines()
    begin = next(k for k, line in enumerate(lines) if line.startswith("lstm_viz.show("))
    assert len(lines) - begin <= 4
