"""What a state dict does not tell: which module reads which, words and tags, the activation of an RNN.

`guessed` fills it in as far as names, shapes and what is saved beside the weights allow; a user corrects
it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from lstm_viz.errors import CodedText, coded
from lstm_viz.opening.layout import EmbeddingPart, Layout, LinearPart, RecurrentPart
from lstm_viz.opening.trees import Labels

Nonlinearity = Literal["tanh", "relu"]
OutputKind = Literal["tags", "classes", "tokens", "values"]
ColumnKind = Literal["words", "characters"]
#: What of the hidden states of all steps the readout reads.
#:
#: steps  those of each step
#: last   those of the last step
#: final  the final state of each direction: of the reverse one that of the first step
#: mean   their mean over the steps
#: max    their maximum over the steps
Pooling = Literal["steps", "last", "final", "mean", "max"]
Field = Literal[
    "recurrents",
    "embedding",
    "readout",
    "nonlinearities",
    "batch_first",
    "vocabulary",
    "outputs",
    "output_kind",
    "pooling",
]

_Text = Annotated[str, msgspec.Meta(max_length=1 << 12)]
_Texts = Annotated[tuple[_Text, ...], msgspec.Meta(max_length=1_000_000)]
_Paths = Annotated[tuple[_Text, ...], msgspec.Meta(max_length=1_000)]
_UNKNOWN = ("<unk>", "[UNK]", "<UNK>", "UNK", "unk", "<unknown>")


class ModelNotes(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed beside the weights to run a model.

    Attributes
    ----------
    recurrents : tuple of str
        The paths of the recurrent modules that read one another, in order; the first reads the input.
    embedding : str or None
        The path of the embedding whose rows the first one reads; None where it reads real vectors.
    readout : str or None
        The path of the linear layer that reads the output of the last one; None for none.
    nonlinearities : dict of str to "tanh" or "relu"
        Of each RNN, by its path.
    batch_first : bool
        Whether the model is called with the batch before the time; no number depends on it.
    vocabulary : tuple of str
        The words by index; "" for an index that stands for none.
    columns : "words" or "characters"
        What those of the vocabulary are: words between white space, or single characters.
    unknown : str or None
        The word that stands for all others; None where these are no input.
    outputs : tuple of str
        The names of the outputs of the readout, by index.
    output_kind : "tags", "classes", "tokens" or "values"
    pooling : "steps", "last", "final", "mean" or "max"
        What the readout reads.
    """

    recurrents: _Paths = ()
    embedding: _Text | None = None
    readout: _Text | None = None
    nonlinearities: Annotated[dict[_Text, Nonlinearity], msgspec.Meta(max_length=1_000)] = {}
    batch_first: bool = False
    vocabulary: _Texts = ()
    columns: ColumnKind = "words"
    unknown: _Text | None = None
    outputs: _Texts = ()
    output_kind: OutputKind = "tags"
    pooling: Pooling = "steps"


def guessed(layout: Layout, labels: Sequence[Labels] = ()) -> ModelNotes:
    """Return what a model probably needs beside its weights."""
    chain, embedding, readout = _flow(layout)
    vocabulary = _of_length(labels, embedding.count if embedding else 0)
    outputs = _of_length(labels, readout.out_features if readout else 0)
    is_next = bool(embedding and readout and embedding.count == readout.out_features > 1)
    return ModelNotes(
        recurrents=tuple(part.path for part in chain),
        embedding=embedding.path if embedding else None,
        readout=readout.path if readout else None,
        nonlinearities={part.path: "tanh" for part in layout.recurrents if part.has_nonlinearity},
        vocabulary=vocabulary,
        columns=column_kind(vocabulary),
        unknown=unknown_word(vocabulary),
        outputs=vocabulary if is_next else outputs,
        output_kind="tokens" if is_next else "tags",
    )


def column_kind(vocabulary: Sequence[str]) -> ColumnKind:
    """Return what a vocabulary is probably of: characters, if it has nothing longer but marks."""
    longer = [word for word in vocabulary if len(word) > 1 and word[0] not in "<["]
    return "words" if longer or not vocabulary else "characters"


def unknown_word(vocabulary: Sequence[str]) -> str | None:
    """Return the word of a vocabulary that stands for all others, by its usual names."""
    return next((word for word in _UNKNOWN if word in vocabulary), None)


def open_fields(layout: Layout, notes: ModelNotes) -> tuple[Field, ...]:
    """Return the fields that matter for this model, and are to be confirmed."""
    return tuple(_open_fields(layout, notes))


def problems(layout: Layout, notes: ModelNotes) -> tuple[CodedText, ...]:
    """Return what in the notes does not fit the model: paths that are none, sizes that differ."""
    return tuple(_problems(layout, notes))


def _open_fields(layout: Layout, notes: ModelNotes) -> Iterator[Field]:
    if len(layout.recurrents) > 1:
        yield "recurrents"
    if layout.embeddings:
        yield "embedding"
    if layout.linears:
        yield "readout"
    if any(part.has_nonlinearity for part in layout.recurrents):
        yield "nonlinearities"
    yield "batch_first"
    if notes.embedding is not None:
        yield "vocabulary"
    if notes.readout is not None:
        yield "outputs"
        yield "output_kind"
        yield "pooling"


_Flow = tuple[tuple[RecurrentPart, ...], EmbeddingPart | None, LinearPart | None]


def _flow(layout: Layout) -> _Flow:
    """Return a chain of recurrent modules, the embedding before it and the linear layer behind it.

    Of all chains it is one with both, else with one of them; of several, one whose paths have most in
    common; of these the longest.
    """
    flows = [_flow_from(layout, place) for place in range(len(layout.recurrents))]
    return max(flows, key=_completeness, default=((), None, None))


def _completeness(flow: _Flow) -> tuple[int, int, int]:
    chain, embedding, readout = flow
    ends = [(part, by) for part, by in ((embedding, chain[0]), (readout, chain[-1])) if part is not None]
    return len(ends), sum(_common(part.path, by.path) for part, by in ends), len(chain)


def _flow_from(layout: Layout, place: int) -> _Flow:
    chain = [layout.recurrents[place]]
    for part in layout.recurrents[place + 1 :]:
        if part.input_size == chain[-1].output_size and _embedding_of(layout, part) is None:
            chain.append(part)
    return tuple(chain), _embedding_of(layout, chain[0]), _readout_of(layout, chain[-1])


def _embedding_of(layout: Layout, part: RecurrentPart) -> EmbeddingPart | None:
    """Return the embedding as wide as the input; of several, the one whose path has most in common."""
    fits = [one for one in layout.embeddings if one.width == part.input_size]
    return max(fits, key=lambda one: _common(one.path, part.path), default=None)


def _readout_of(layout: Layout, part: RecurrentPart) -> LinearPart | None:
    """Return the linear layer that reads the output; None where another one reads that layer's output.

    Between two linear layers there is an activation that is not in a state dict. Of several, that of the
    attention or of another purpose comes before the readout.
    """
    fits = [one for one in layout.linears if one.in_features == part.output_size]
    inner = {one.out_features for one in fits}
    is_last = not any(one.in_features in inner for one in layout.linears if one not in fits)
    fits.reverse()
    return max(fits, key=lambda one: _common(one.path, part.path), default=None) if is_last else None


def _common(path: str, other: str) -> int:
    """Return how many parts two paths have in common at their beginning."""
    pairs = list(zip(path.split("."), other.split("."), strict=False))
    return next((place for place, (one, two) in enumerate(pairs) if one != two), len(pairs))


def _of_length(labels: Sequence[Labels], length: int) -> tuple[str, ...]:
    """Return the strings that were saved beside the weights, if there are as many in one list alone."""
    fits = {one.items for one in labels if length > 1 and len(one.items) == length}
    return fits.pop() if len(fits) == 1 else ()


def _problems(layout: Layout, notes: ModelNotes) -> Iterator[CodedText]:
    parts = [layout.recurrent(path) for path in notes.recurrents]
    for path, part in zip(notes.recurrents, parts, strict=True):
        if part is None:
            yield coded("notes_path", path=path)
    chain = [part for part in parts if part is not None]
    if not chain or len(chain) < len(parts):
        yield coded("notes_without_recurrent")
        return
    if len(set(notes.recurrents)) < len(chain):
        yield coded("notes_twice")
    embedding, readout = layout.embedding(notes.embedding), layout.linear(notes.readout)
    yield from _widths(notes, chain, embedding, readout)
    if embedding and len(notes.vocabulary) not in (0, embedding.count):
        yield coded("notes_vocabulary", given=len(notes.vocabulary), rows=embedding.count)
    if readout and len(notes.outputs) not in (0, readout.out_features):
        yield coded("notes_outputs", given=len(notes.outputs), outputs=readout.out_features)


def _widths(
    notes: ModelNotes,
    chain: Sequence[RecurrentPart],
    embedding: EmbeddingPart | None,
    readout: LinearPart | None,
) -> Iterator[CodedText]:
    for path, found in ((notes.embedding, embedding), (notes.readout, readout)):
        if path is not None and found is None:
            yield coded("notes_path", path=path)
    if embedding and embedding.width != chain[0].input_size:
        yield _width(chain[0].path, chain[0].input_size, embedding.path, embedding.width)
    for before, part in pairwise(chain):
        if part.input_size != before.output_size:
            yield _width(part.path, part.input_size, before.path, before.output_size)
    if readout and readout.in_features != chain[-1].output_size:
        yield _width(readout.path, readout.in_features, chain[-1].path, chain[-1].output_size)


def _width(path: str, reads: int, other: str, width: int) -> CodedText:
    return coded("notes_width", path=path, reads=reads, other=other, width=width)
