"""The calls of modules that do not read the columns, in a forward pass where others are edited."""

import warnings
from collections.abc import Mapping
from dataclasses import replace

import torch

from lstm_viz.analysis.unrolled import Interventions
from lstm_viz.engine.model_pass import model_with
from lstm_viz.subjects.captured_calls import singles
from lstm_viz.subjects.module import ModuleSubject, Run
from lstm_viz.tracing import CaptureWarning, capture


@torch.no_grad()
def edited_run(subject: ModuleSubject, text: str, interventions: Mapping[str, Interventions]) -> Run:
    """Return the run of an input, with the edited calls of the modules that have columns of their own.

    An edited module is computed from the equations; torch computes all others, and their calls are captured.
    """
    run, steppings = subject.read(text), model_with(subject, text, interventions).steppings()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaptureWarning)
        with capture(subject.model, strict=False) as captured:
            subject.evaluate(text, steppings)
    own = [path for path in run.calls if path not in run.aligned]
    found = {path: tuple(singles(captured.sequences(path))) for path in own}
    return replace(run, calls={**run.calls, **{path: calls for path, calls in found.items() if calls}})
