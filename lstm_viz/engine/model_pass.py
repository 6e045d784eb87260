"""Forward passes of a model as a whole, with interventions on its recurrent modules, and the proof of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lstm_viz.analysis.model_score import Model, Net
from lstm_viz.analysis.stepping import Stepping
from lstm_viz.analysis.unrolled import Interventions, trace_of
from lstm_viz.engine.predictions import Choice
from lstm_viz.messages import Floats, Trellis
from lstm_viz.messages.base import NO_NUMBER
from lstm_viz.subjects.captured_calls import Resets
from lstm_viz.subjects.readout import Outputs
from lstm_viz.subjects.whole import WholeSubject
from lstm_viz.tracing import Trace
from lstm_viz.tracing.portable import as_array
from lstm_viz.tracing.proof import largest_difference
from lstm_viz.tracing.substitution import Computation

_NO_INTERVENTIONS: Interventions = {}


@dataclass(frozen=True, slots=True, eq=False)
class ModelPass:
    """A forward pass of a model: the traces of the modules that read the columns, and the scores (R, K).

    ``resets`` are, by module, the states before the columns at which the model has changed them.
    """

    traces: Mapping[str, Trace]
    logits: Tensor | None
    resets: Mapping[str, Resets]


def model_with(
    subject: WholeSubject, text: str, interventions: Mapping[str, Interventions], *paths: str
) -> Model:
    """Return the model on an input, with the modules that are clamped, or at ``paths``, step by step."""
    modules = {one.path: one.module for one in subject.recurrents}
    stepped = dict.fromkeys((*interventions, *paths))
    nets = {path: Net(modules[path], interventions.get(path, _NO_INTERVENTIONS)) for path in stepped}

    def evaluate(computations: Mapping[str, Computation]) -> Tensor:
        found = subject.evaluate(text, computations)
        return torch.zeros(1, 0) if found is None else found

    return Model(evaluate, nets)


def read(subject: WholeSubject, text: str) -> ModelPass:
    """Return the forward pass of an input without interventions."""
    run = subject.read(text)
    return ModelPass({path: run.calls[path][0] for path in run.aligned}, run.logits, run.resets)


@torch.no_grad()
def read_stepped(
    subject: WholeSubject, text: str, done: ModelPass, interventions: Mapping[str, Interventions]
) -> ModelPass:
    """Return the forward pass of an input with interventions, computed from the equations.

    All modules that read the columns are computed step by step: one may read the output of another. The
    ``max_error`` of their traces is the largest error of that without interventions, in h and, relative to
    the largest of them, in the scores.
    """
    bare = _stepped(subject, text, done, {})
    errors = [largest_difference(bare.traces[path].h, trace.h) for path, trace in done.traces.items()]
    if done.logits is not None and bare.logits is not None:
        size = max(1.0, float(done.logits.abs().max()))
        errors.append(largest_difference(as_array(bare.logits), as_array(done.logits)) / size)
    return _stepped(subject, text, done, interventions, max(errors))


def _stepped(
    subject: WholeSubject,
    text: str,
    done: ModelPass,
    interventions: Mapping[str, Interventions],
    error: float = 0.0,
) -> ModelPass:
    model = model_with(subject, text, interventions, *done.traces)
    steppings = model.steppings()
    logits = subject.evaluate(text, steppings)
    traces = {
        path: trace_of(steppings[path].unrolled(), trace, max_error=max(trace.max_error, error))
        for path, trace in done.traces.items()
    }
    resets = {path: _resets(steppings[path], trace) for path, trace in done.traces.items()}
    return ModelPass(traces, logits, resets)


def _resets(stepping: Stepping, trace: Trace) -> Resets:
    names = trace.KIND.states
    return {
        step: {name: as_array(state)[0, 0] for name, state in zip(names, states, strict=True)}
        for step, states in stepping.resets.items()
    }


def row_of(subject: WholeSubject, step: int) -> int:
    """Return the row of the scores for a column."""
    return step if subject.readout is not None and subject.readout.each == "columns" else 0


def predicted_name(readout: Outputs, logits: Tensor) -> str:
    """Return the name of the largest logit (K,), `NO_NUMBER` where the softmax is none.

    A logit may be −∞, which a mask makes it, but not all of them, and none NaN or +∞. Of real values it is
    the name of the first.
    """
    names = readout.names
    if readout.kind == "values":
        return names[0] if bool(logits.isfinite().all()) else NO_NUMBER
    return NO_NUMBER if bool(logits.log_softmax(-1).isnan().any()) else names[int(logits.argmax())]


def scores_of(subject: WholeSubject, done: ModelPass) -> tuple[Floats, Trellis | None, Choice]:
    """Return the log-softmax of the outputs (R, K), and the predictions for the columns.

    Of real values it is these themselves. K is 0 where nothing is predicted, for each column. Where there is
    one prediction for the whole input, or real values, the columns have none.
    """
    steps = next(iter(done.traces.values())).steps
    none = Choice(("",) * steps, np.ones(steps))
    readout = subject.readout
    if done.logits is None or readout is None:
        return np.zeros((steps, 0), np.float32), None, none
    scores = as_array(as_scores(readout, done.logits))
    if readout.kind == "values" or readout.each == "input":
        return scores, None, none
    return scores, None, _chosen(scores, readout.names)


def as_scores(readout: Outputs, logits: Tensor) -> Tensor:
    """Return the scores of outputs (..., K) as a reading has them: the log-softmax, or the real values."""
    return logits if readout.kind == "values" else logits.log_softmax(-1)


def _chosen(scores: Floats, names: tuple[str, ...]) -> Choice:
    best = scores.argmax(axis=-1)
    broken: list[bool] = np.asarray(np.isnan(scores).any(axis=-1)).tolist()
    tags = tuple(NO_NUMBER if bad else names[k] for k, bad in zip(best.tolist(), broken, strict=True))
    return Choice(tags, np.exp(scores[np.arange(len(best)), best]))
