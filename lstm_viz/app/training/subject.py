"""What is read through the epochs: which sentence, and which numbers of which place in the net."""

from dataclasses import dataclass

from lstm_viz.app.run_data import RunData
from lstm_viz.app.state import Look, TrainingLook
from lstm_viz.app.theme import ORDER
from lstm_viz.messages import Module
from lstm_viz.text.cut import Cut, cut_of


@dataclass(frozen=True, slots=True)
class Place:
    """A layer and direction of the net that reads words, and what it is asked for there."""

    cell: str
    quantity: str
    num_layers: int
    num_directions: int
    layer: int
    direction: int


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a picture depends on, but for the epoch."""

    run: str
    generation: int
    cut: Cut
    place: Place


def subject_of(
    data: RunData | None, training: TrainingLook, look: Look, modules: tuple[Module, ...]
) -> Subject | None:
    """Return what is to be read; None without a run, or without a sentence."""
    if data is None or data.run is None:
        return None
    cut = probe_cut(data, training, look)
    if not cut.text.strip():
        return None
    return Subject(str(data.path), data.generation, cut, place_of(data, training, modules))


def probe_cut(data: RunData, training: TrainingLook, look: Look) -> Cut:
    """Return the probe sentence: the chosen one, else the run's own, else that of the Sentence page."""
    if training.probe:
        return training.probe_cut or Cut(training.probe)
    if data.run is not None and data.run.probe:
        return data.run.probe_cut or Cut(data.run.probe)
    return cut_of(look.text, look.cuts)


def place_of(data: RunData, training: TrainingLook, modules: tuple[Module, ...]) -> Place:
    """Return where in the net it is looked: as chosen as far as this net has it.

    The run's settings tell what there is, or the engine's ``modules``. Where neither is known yet it is h of
    the first layer, which every net has.
    """
    settings = data.run.settings if data.run else None
    if settings is not None:
        cell, layers = settings.cell.upper(), settings.num_layers
        directions = 2 if settings.bidirectional else 1
    elif modules:
        cell, layers, directions = modules[0].cell, modules[0].num_layers, modules[0].num_directions
    else:
        return Place("", "h", 1, 1, 0, 0)
    return Place(
        cell,
        training.quantity if training.quantity in ORDER[cell] else "h",
        layers,
        directions,
        layers - 1 if training.layer is None else min(training.layer, layers - 1),
        min(training.direction, directions - 1),
    )
