"""The examples of models: each script is run, and what it would show is returned."""

import runpy
from functools import cache
from pathlib import Path

import torch
from tqdm import tqdm

import lstm_viz
from lstm_viz.subjects.module import ModuleSubject, given_inputs

FOLDER = Path(__file__).parents[2] / "examples" / "models"
tqdm.monitor_interval = 0  # torch.compile has a progress bar, which would leave a thread
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


@cache
def shown(name):
    """Return the names of a script, and the arguments with which it calls ``lstm_viz.show``."""
    calls, show, threads = [], lstm_viz.show, torch.get_num_threads()
    lstm_viz.show = lambda model, inputs=None, **how: calls.append((model, inputs, how))
    torch.set_num_threads(1)
    try:
        names = runpy.run_path(str(FOLDER / f"{name}.py"))
    finally:
        lstm_viz.show = show
        torch.set_num_threads(threads)
    ((model, inputs, how),) = calls
    return names, model, inputs, how


def subject_of(name, uri="live:model"):
    """Return the subject that `lstm_viz.show` makes of an example."""
    _, model, inputs, how = shown(name)
    options = {key: value for key, value in how.items() if key not in ("encode", "decode", "labels", "block")}
    given = {} if "encode" in how else given_inputs(model, inputs, how.get("labels", ()))
    return ModuleSubject(model, how.get("encode"), how.get("decode"), given, uri=uri, **options)
