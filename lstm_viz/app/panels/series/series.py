"""Numbers of the columns as curves: the real vectors that a model was given, the values it predicts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.texts import put
from lstm_viz.messages import Floats, Reading
from lstm_viz.ordinals import ordinal

#: What a line is of; each is drawn in its own way.
LineKind = Literal["input", "prediction", "before", "target"]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A number for each column, (T,); NaN where there is none."""

    kind: LineKind
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A number of the columns by its name, with one or more lines on one scale."""

    name: str
    lines: tuple[Line, ...]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest finite value of all lines; 0 and 0 without any."""
        values = np.concatenate([line.values for line in self.lines])
        finite = values[np.isfinite(values)]
        return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)


def features_of(reading: Reading | None) -> tuple[Series, ...]:
    """Return the numbers of the real vectors that the model was given; none for any other columns."""
    if reading is None or not _has_columns(reading) or reading.features is None:
        return ()
    names, vectors = reading.model.features, reading.features.T
    return tuple(
        Series(names[k] if k < len(names) else _numbered(k), (Line("input", values),))
        for k, values in enumerate(vectors)
    )


def _numbered(feature: int) -> str:
    return put(QCoreApplication.translate("Series", "feature %1"), ordinal(feature))


def outputs_of(reading: Reading | None) -> tuple[Series, ...]:
    """Return the real values that the model predicts for the columns, with the true ones."""
    if reading is None or not _has_columns(reading) or not reading.model.is_real:
        return ()
    if reading.model.outputs == "input":
        return ()
    return tuple(Series(name, tuple(_lines(reading, k))) for k, name in enumerate(reading.model.tags))


def _lines(reading: Reading, output: int) -> Iterator[Line]:
    yield Line("prediction", reading.scores[:, output])
    if reading.unedited is not None:
        yield Line("before", reading.unedited.scores[:, output])
    if reading.targets is not None:
        yield Line("target", reading.targets[:, output])


def _has_columns(reading: Reading) -> bool:
    """Return whether the columns of the view are those of the input."""
    return reading.view is not None and not reading.view.module.own_columns
