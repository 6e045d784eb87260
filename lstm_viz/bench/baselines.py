"""Baselines: gates by a manual loop, pictures by pyqtgraph or matplotlib."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QTest
from torch import Tensor, nn

Pictures = dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]


@torch.no_grad()
def manual_gates(lstm: nn.LSTM, x: Tensor) -> Pictures:
    """Return f, i, g, c, o, h, each (T, H), of a one-layer LSTM on x (T, 1, I), by a manual loop."""
    h = c = torch.zeros(lstm.hidden_size)
    w_ih, w_hh, b_ih, b_hh = (weights.detach() for weights in lstm.all_weights[0])
    steps: dict[str, list[Tensor]] = {name: [] for name in "figcoh"}
    for x_t in x[:, 0]:
        sums = w_ih @ x_t + b_ih + w_hh @ h + b_hh
        i, f, g, o = sums.chunk(4)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        c = f * c + i * g
        h = o * torch.tanh(c)
        for name, value in zip("figcoh", (f, i, g, c, o, h), strict=True):
            steps[name].append(value)
    return {name: torch.stack(values).numpy() for name, values in steps.items()}


def in_pyqtgraph(size: tuple[int, int]) -> Callable[[Pictures], None]:
    """Return a function that paints six pictures in pyqtgraph's ImageItems, with a colour map."""
    import pyqtgraph as pg

    grid = pg.GraphicsLayoutWidget()
    grid.resize(*size)
    items = [pg.ImageItem(colorMap="CET-D1") for _ in range(6)]
    for row, item in enumerate(items):
        grid.addPlot(row=row, col=0).addItem(item)
    grid.show()
    QTest.qWaitForWindowExposed(grid)

    def show(pictures: Pictures) -> None:
        assert grid.isVisible()
        for item, picture in zip(items, pictures.values(), strict=True):
            item.setImage(picture)
        QCoreApplication.processEvents()

    return show


def in_matplotlib(size: tuple[int, int]) -> Callable[[Pictures], None]:
    """Return a function that draws six pictures in matplotlib axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib is not installed for every type check
    axes = figure.subplots(6, 1)

    def show(pictures: Pictures) -> None:
        for axis, picture in zip(axes, pictures.values(), strict=True):
            axis.clear()
            axis.imshow(picture.T, aspect="auto", interpolation="nearest")
        canvas.draw()

    return show
