"""Allocations of a training: counted, and the one of a number fails with MemoryError."""

import importlib
from collections.abc import Callable
from typing import Any

from tests.crash.system import Plan

#: What allocates on the way from a batch to the bytes on the disk and back, by module and name there.
ALLOCATING = (
    "torch:empty torch:zeros torch:tensor torch:stack torch:rand torch:cat",
    "torch:Tensor.clone torch:Tensor.backward",
    "lstm_viz.training.optimisers:Adam.__init__ lstm_viz.training.optimisers:Adam.step",
    "lstm_viz.training.optimisers:Adam.load_state_dict",
    "lstm_viz.tagging.models:WordTagger.__init__ lstm_viz.tagging.models:WordTagger.forward",
    "lstm_viz.tagging.models:WordTagger.loss lstm_viz.tagging.models:WordTagger.load_state_dict",
    "lstm_viz.training.loop:plan lstm_viz.training.loop:labelled lstm_viz.training.loop:evaluate",
    "lstm_viz.training.loop:saturation lstm_viz.training.loop:Step lstm_viz.training.loop:Epoch",
    "lstm_viz.tagging.tensors:save lstm_viz.tagging.tensors:load",
    "lstm_viz.training.recorder:pack lstm_viz.training.recorder:sha256",
    "lstm_viz.training.checkpoints:sha256",
    "lstm_viz.training.run_controller:Status lstm_viz.training.run_controller:sha256",
    "lstm_viz.training.run_setup:run_of lstm_viz.training.task:task_of",
    "lstm_viz.runs.history:encode lstm_viz.runs.history:decode lstm_viz.runs.gates:encode",
    "lstm_viz.runs.folder:sealed lstm_viz.runs.folder:decode_json",
    "msgspec.json:encode",
)


class Allocations:
    """Replaces what allocates, for the rest of this process."""

    def __init__(self, plan: Plan) -> None:
        self.names: list[str] = []
        self._at = plan.at if plan.what == "exhaust" else 0

    def put_in_place(self) -> None:
        for name in " ".join(ALLOCATING).split():
            module, _, path = name.partition(":")
            owner: Any = importlib.import_module(module)
            *owners, last = path.split(".")
            for part in owners:
                owner = getattr(owner, part)
            setattr(owner, last, self._counted(path, getattr(owner, last)))

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.names.append(name)
            if len(self.names) == self._at:
                raise MemoryError
            return real(*arguments, **named)

        return call
