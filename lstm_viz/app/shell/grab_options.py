"""The options of ``lstm-viz grab``, and what of them a model or a sentence does not have."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtGui import QImageWriter

from lstm_viz.app.selection.selection import Panel
from lstm_viz.app.shell.settings import ThemeChoice
from lstm_viz.messages import Reading, Target, View
from lstm_viz.ordinals import ordinal

Clamp = tuple[str, int | None, int | None, float]
DIRECTIONS = ("forward", "backward")


@dataclass(frozen=True)
class Grab:
    """What to render; all indices count from 0, None leaves the default: the clamped number, if there is one.

    ``file`` is a model's file and ``run`` a run folder, which replace ``model``, the name of a preset.
    ``mean`` shows the mean of all units. ``compare`` is another sentence to compare with; ``set`` are the
    clamps: quantity, unit (None: all), word (None: all) and value. ``arithmetic`` is the number whose
    arithmetic is opened: a quantity of the cell, "x", or "score:NN" and so on.
    """

    out: Path
    page: Literal["sentence", "training"] = "sentence"
    file: Path | None = None
    run: Path | None = None
    text: str | None = None
    model: str = "tutorial"
    epoch: int | None = None
    module: str | None = None
    layer: int | None = None
    direction: Literal["forward", "backward"] = "forward"
    step: int | None = None
    unit: int | None = None
    mean: bool = False
    panel: Panel = "cell"
    arithmetic: str | None = None
    target: Target = "margin"
    compare: str | None = None
    set: Sequence[Clamp] = ()
    size: tuple[int, int] = (1600, 1000)
    theme: ThemeChoice = "dark"
    scale: int = 1

    @property
    def clamped_unit(self) -> int | None:
        """The unit of the last clamp of one unit."""
        return next((unit for _, unit, _, _ in reversed(self.set) if unit is not None), None)

    @property
    def clamped_word(self) -> int | None:
        """The word of the last clamp of one word."""
        return next((word for _, _, word, _ in reversed(self.set) if word is not None), None)


def output_error(out: Path) -> str:
    """Return why a picture cannot be written there, "" for no reason that is known beforehand."""
    if not os.path.isdir(out.parent):  # noqa: PTH112  # it never raises
        return f"There is no folder {out.parent}."
    formats = sorted(bytes(each.data()).decode() for each in QImageWriter.supportedImageFormats())
    if out.suffix.lower().removeprefix(".") not in formats:
        return f"A picture is written as one of {', '.join(formats)}, not as “{out.suffix}”."
    return ""


def first_error(options: Grab, reading: Reading) -> str:
    """Return what is asked for and does not exist in the model and the sentence, "" if all does."""
    view = reading.view
    if view is None:
        needs_words = options.set or options.step is not None
        return "The sentence has no words." if needs_words else ""
    return next(_errors(options, reading, view), "")


def _errors(options: Grab, reading: Reading, view: View) -> Iterator[str]:
    module = view.module
    if options.epoch not in (None, reading.epoch):
        epochs = ", ".join(map(str, reading.model.epochs)) or "none"
        yield f"--epoch {options.epoch}: the checkpoints are of the epochs {epochs}."
    if options.module not in (None, module.path):
        paths = ", ".join(each.path for each in reading.model.modules)
        yield f"--module {options.module}: the recurrent modules are {paths}."
    if options.layer is not None and options.layer != view.layer:
        yield f"--layer {ordinal(options.layer)}: the module has {_count(module.num_layers, 'layer')}."
    if DIRECTIONS.index(options.direction) != view.direction:
        yield f"--direction {options.direction}: the module has no such direction."
    if options.unit is not None and options.unit >= module.hidden_size:
        yield f"--unit {ordinal(options.unit)}: the module has {_count(module.hidden_size, 'unit')}."
    if options.step is not None and options.step >= len(view.columns):
        yield f"--step {ordinal(options.step)}: the sentence has {_count(len(view.columns), 'step')}."
    for clamp in options.set:
        yield from _clamp_errors(clamp, reading, view)


def _clamp_errors(clamp: Clamp, reading: Reading, view: View) -> Iterator[str]:
    name, unit, word, value = clamp
    given, kind = f"--set {_written(clamp)}", view.module.kind
    if name not in kind.symbols:
        yield f"{given}: the quantities of {kind.name} are {', '.join(kind.symbols)}."
        return
    if unit is not None and unit >= view.module.hidden_size:
        yield f"{given}: the module has {_count(view.module.hidden_size, 'unit')}."
    if word is not None and word >= len(reading.words):
        yield f"{given}: the sentence has {_count(len(reading.words), 'word')}."
    low, high = kind[name].range
    if not low <= value <= high:
        yield f"{given}: {name} is from {low:g} to {high:g}."


def _written(clamp: Clamp) -> str:
    name, unit, word, value = clamp
    at = "" if word is None else f"@{ordinal(word)}"
    return f"{name}{'' if unit is None else f'[{ordinal(unit)}]'}{at}={value:g}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
