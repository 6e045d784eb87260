"""A model made of the weights in a file, with what a user types as its input."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lstm_viz.errors import CodedText, coded
from lstm_viz.opening.describe import WeightsFile
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.inputs import TypedInput, Value, typed_input
from lstm_viz.opening.layout import EmbeddingPart, Layout, LinearPart, RecurrentPart
from lstm_viz.opening.notes import ModelNotes, problems
from lstm_viz.opening.reads import display_name
from lstm_viz.opening.weights import Weight
from lstm_viz.rebuilding.chain import Chain, RecurrentModule
from lstm_viz.rebuilding.modules import embedding_module, linear_module, recurrent_module
from lstm_viz.rebuilding.numbers import read_numbers


@dataclass(frozen=True, eq=False)
class RebuiltModel:
    """A model with the weights of a file, in eval mode.

    Attributes
    ----------
    module : Chain
    embedding : nn.Embedding or None
        None where it reads real vectors.
    recurrents : tuple of nn.Module
        The recurrent modules and cells, by their paths in ``notes.recurrents``.
    readout : nn.Linear or None
        None where the hidden states are the output.
    notes : ModelNotes
    typed : TypedInput
        What a user types as its input.
    paths : tuple of str
        Those of the recurrent modules in ``module``; a model that is one itself has its name.
    notices : tuple of CodedText
        What the file does not tell, and weights that are not finite.
    """

    module: Chain
    embedding: nn.Embedding | None
    recurrents: tuple[RecurrentModule, ...]
    readout: nn.Linear | None
    notes: ModelNotes
    typed: TypedInput
    paths: tuple[str, ...]
    notices: tuple[CodedText, ...]

    @property
    def nbytes(self) -> int:
        """The size of its weights."""
        return sum(weight.nbytes for weight in self.module.parameters())

    def encode(self, text: str) -> tuple[Tensor, list[str]]:
        """Return the input for a text, as `tensor` does, and its columns.

        Raises
        ------
        WordError
            For a column that is no input.
        """
        columns = self.typed.columns(text)
        return self.tensor([self.typed.value(column) for column in columns]), columns

    def tensor(self, values: Sequence[Value]) -> Tensor:
        """Return rows of the embedding (T, 1), or vectors (T, 1, I), as the module reads them.

        With ``notes.batch_first`` they are (1, T) or (1, T, I).
        """
        dtype = torch.int64 if self.embedding else next(self.module.parameters()).dtype
        return torch.tensor(values, dtype=dtype).unsqueeze(0 if self.notes.batch_first else 1)

    def decode(self, output: Tensor) -> tuple[Tensor, list[str]]:
        """Return the outputs of the module and their names; without names their indices."""
        return output, list(self.notes.outputs) or [str(place) for place in range(output.shape[-1])]


def rebuild(weights: WeightsFile, layout: Layout, notes: ModelNotes) -> RebuiltModel:
    """Return the model of a file.

    Parameters
    ----------
    weights : WeightsFile
    layout : Layout
        As `lstm_viz.opening.inference.infer` returns it for ``weights``.
    notes : ModelNotes
        Which of its modules read one another.

    Raises
    ------
    OpeningError
        If the notes do not fit, a weight is computed in an unknown way, or the numbers cannot be read.
    MemoryError, RuntimeError
        If there is not enough memory.
    """
    _check(weights, layout, notes)
    embedding, chain, readout = _chosen(layout, notes)
    used = _weights(embedding, chain, readout)
    numbers = read_numbers(weights, (source for weight in used for source in weight.sources))
    first = embedding_module(embedding, numbers) if embedding else None
    recurrents = tuple(recurrent_module(part, notes, numbers) for part in chain)
    last = linear_module(readout, numbers) if readout else None
    parts = [part for part in (embedding, *chain, readout) if part is not None]
    modules = [module for module in (first, *recurrents, last) if module is not None]
    paths = [part.path or type(module).__name__.lower() for part, module in zip(parts, modules, strict=True)]
    named = list(zip(paths, modules, strict=True))
    chained = Chain(named, batch_first=notes.batch_first, pooling=notes.pooling).eval()
    notices = (*weights.notices, *layout.notices, *_not_finite(chained))
    start = 0 if first is None else 1
    own = tuple(paths[start : start + len(recurrents)])
    return RebuiltModel(chained, first, recurrents, last, notes, typed_input(layout, notes), own, notices)


def _check(weights: WeightsFile, layout: Layout, notes: ModelNotes) -> None:
    """Raise `OpeningError` if the modules that the notes choose cannot be run."""
    reasons = [*problems(layout, notes)]
    if not reasons and any(weight.rule == "unknown" for weight in _weights(*_chosen(layout, notes))):
        reasons = [coded("weight_rule_unknown")]
    for reason in reasons:
        raise OpeningError("notes_do_not_fit", name=display_name(weights.path), reason=reason)


_Chosen = tuple[EmbeddingPart | None, tuple[RecurrentPart, ...], LinearPart | None]


def _chosen(layout: Layout, notes: ModelNotes) -> _Chosen:
    found = (layout.recurrent(path) for path in notes.recurrents)
    chain = tuple(part for part in found if part is not None)
    return layout.embedding(notes.embedding), chain, layout.linear(notes.readout)


def _weights(
    embedding: EmbeddingPart | None, chain: Sequence[RecurrentPart], readout: LinearPart | None
) -> Iterator[Weight]:
    for part in chain:
        yield from part.weights.values()
    if embedding:
        yield embedding.weight
    if readout:
        yield readout.weight
        if readout.bias:
            yield readout.bias


def _not_finite(module: nn.Module) -> Iterator[CodedText]:
    for name, parameter in module.named_parameters():
        # unlike isfinite, aminmax makes no copy
        if parameter.numel() and not all(map(torch.isfinite, parameter.detach().aminmax())):
            yield coded("weights_not_finite", name=name)
