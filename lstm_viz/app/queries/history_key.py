"""What a history is of: a run, the tracked sentence, and the quantity, layer and direction."""

from dataclasses import dataclass

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.cells import CellKind, by_class
from lstm_viz.messages import Module
from lstm_viz.text.tokenized_text import TokenizedText, tokenized_text_of


@dataclass(frozen=True, slots=True)
class LayerQuantity:
    """A quantity of a layer and direction of the module that reads words."""

    kind: CellKind | None
    quantity: str
    num_layers: int
    num_directions: int
    layer: int
    direction: int


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """All that a picture depends on, except for the epoch."""

    model: str
    generation: int
    tokenized: TokenizedText
    place: LayerQuantity


def history_key(
    data: RunData | None, training: TrainingView, selection: Selection, modules: tuple[Module, ...]
) -> HistoryKey | None:
    """Return the key of the history; None without a run or without a sentence."""
    if data is None or data.run is None:
        return None
    tokenized = tracked_text(data, training, selection)
    if not tokenized.text.strip():
        return None
    return HistoryKey(data.uri, data.generation, tokenized, place_of(data, training, modules))


def tracked_text(data: RunData, training: TrainingView, selection: Selection) -> TokenizedText:
    """Return the tracked sentence: the chosen one, else the run's own, else that of the Sentence page."""
    if training.tracked_sentence:
        return training.tracked_tokens or TokenizedText(training.tracked_sentence)
    if data.run is not None and data.run.tracked_sentence:
        return data.run.tracked_tokens or TokenizedText(data.run.tracked_sentence)
    return tokenized_text_of(selection.text, selection.tokenized_texts)


def place_of(data: RunData, training: TrainingView, modules: tuple[Module, ...]) -> LayerQuantity:
    """Return the chosen quantity, layer and direction, limited to those of the run's model.

    These are known from the run's settings or from the engine's ``modules``. Until then the result is h of
    the first layer, which every model has.
    """
    settings = data.run.settings if data.run else None
    if settings is not None:
        kind, layers = by_class(settings.cell.upper()), settings.num_layers
        directions = 2 if settings.bidirectional else 1
    elif modules:
        kind, layers, directions = modules[0].kind, modules[0].num_layers, modules[0].num_directions
    else:
        return LayerQuantity(None, "h", 1, 1, 0, 0)
    return LayerQuantity(
        kind,
        training.quantity if training.quantity in kind else "h",
        layers,
        directions,
        layers - 1 if training.layer is None else min(training.layer, layers - 1),
        min(training.direction, directions - 1),
    )
