"""Vocabularies and tags as they are typed, and the parts of a model in words."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.texts import counted, plural, put
from lstm_viz.opening.layout import Layout, RecurrentPart
from lstm_viz.opening.recurrent_parts import shown_path


def written(labels: Sequence[str]) -> str:
    """Return labels as one line, or a line each where one is empty or has white space in it."""
    return (" " if all(label.split() == [label] for label in labels) else "\n").join(labels)


def parsed(text: str) -> tuple[str, ...]:
    """Return the labels of a text: a line each, or of a single line what stands between white space."""
    lines = text.removesuffix("\n").split("\n")
    return tuple(lines) if len(lines) > 1 else tuple(text.split())


def part_texts(layout: Layout) -> Iterator[str]:
    """Yield what is known of each part of a model: “lstm: LSTM, 2 layers, 64 units, input of 32 numbers”."""
    for part in layout.embeddings:
        rows = counted(_tr("embedding of %1 row(|s)", part.count), part.count)
        width = counted(_tr("%1 number(|s) each", part.width), part.width)
        yield f"{shown_path(part.path)}: {rows}, {width}"
    for recurrent in layout.recurrents:
        yield f"{shown_path(recurrent.path)}: {', '.join(_of_recurrent(recurrent))}"
    for linear in layout.linears:
        text = put(_tr("linear layer from %1 to %2"), linear.in_features, linear.out_features)
        yield f"{shown_path(linear.path)}: {text}"


def _of_recurrent(part: RecurrentPart) -> Iterator[str]:
    yield put(_tr("%1 cell"), part.kind) if part.is_cell else part.kind
    if part.num_layers > 1:
        yield counted(_tr("%1 layer(|s)", part.num_layers), part.num_layers)
    if part.bidirectional:
        yield _tr("bidirectional")
    yield counted(_tr("%1 unit(|s)", part.hidden_size), part.hidden_size)
    if part.proj_size:
        yield put(_tr("projected to %1"), part.proj_size)
    if not part.bias:
        yield _tr("without bias")
    yield plural(put(_tr("reads %1 number(|s)", part.input_size), part.input_size), part.input_size)


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Layout", text, None, count)
