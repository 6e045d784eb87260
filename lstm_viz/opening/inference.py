"""From the names and shapes of a state dict to the modules that it belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from lstm_viz.errors import CodedText, ErrorCode, coded
from lstm_viz.opening.layout import EmbeddingPart, Layout, LinearPart, RecurrentPart
from lstm_viz.opening.recurrent_parts import Weights, is_recurrent, recurrent_parts, shown_path
from lstm_viz.opening.stored import StoredTensor
from lstm_viz.opening.trees import StateDict
from lstm_viz.opening.weights import Tensors, Weight, plain_weights

#: What ``nn.DataParallel`` and ``torch.compile`` put before each name.
_WRAPPERS = ("module.", "_orig_mod.")
#: The keys of the state dict that is meant where a file has several of the same model, as with an average.
_PREFERRED = ("model_state_dict", "state_dict", "model", "net", "network")
_EMBEDDING_NAMES = frozenset(("encoder", "lookup", "lut", "wte", "vectors", "word2vec", "glove"))
_SHOWN_NAMES = 3


def infer(state_dicts: Sequence[StateDict]) -> Layout:
    """Return the modules of the model whose weights are in these state dicts."""
    tensors, notices = _merged(state_dicts)
    weights = plain_weights(tensors)
    recurrents, unfit = recurrent_parts(weights)
    parts = list(_parts(weights, recurrents))
    embeddings = tuple(part for part, _ in parts if isinstance(part, EmbeddingPart))
    linears = tuple(part for part, _ in parts if isinstance(part, LinearPart))
    others = _others(weights, recurrents, (*embeddings, *linears))
    doubts = tuple(notice for _, notice in parts if notice)
    further = (*_of_recurrents(recurrents, others), *_of_weights(weights), *_of_others(others))
    return Layout(recurrents, embeddings, linears, others, (*notices, *unfit, *doubts, *further))


def _merged(state_dicts: Sequence[StateDict]) -> tuple[Tensors, tuple[CodedText, ...]]:
    """Return the tensors of the model; of several state dicts with the same names and shapes, those of one.

    The keys that lead to a state dict are part of the names only where it is one of several.
    """
    groups = dict[object, list[StateDict]]()
    for one in state_dicts:
        shapes = frozenset((name, tensor.shape) for name, tensor in unwrapped(one.tensors).items())
        groups.setdefault(shapes, []).append(one)
    chosen = [min(group, key=_preference) for group in groups.values()]
    notices = [
        coded("state_dict_copies", taken=".".join(one.path), others=_names(_paths(group, one)))
        for one, group in zip(chosen, groups.values(), strict=True)
        if len(group) > 1
    ]
    if len(chosen) == 1:
        return unwrapped(chosen[0].tensors), tuple(notices)
    named = dict[str, StoredTensor]()
    doubled = dict[str, None]()
    for one in chosen:
        for name, tensor in unwrapped(one.tensors).items():
            whole = ".".join((*one.path, name))
            if named.setdefault(whole, tensor) is not tensor:
                doubled[whole] = None
    if doubled:
        notices.append(coded("state_dict_names", names=_names(list(doubled))))
    return named, tuple(notices)


def _paths(group: Sequence[StateDict], chosen: StateDict) -> list[str]:
    return [".".join(one.path) for one in group if one is not chosen]


def _preference(one: StateDict) -> int:
    last = one.path[-1] if one.path else ""
    return _PREFERRED.index(last) if last in _PREFERRED else len(_PREFERRED)


def unwrapped(tensors: Tensors) -> Tensors:
    """Return the tensors without the prefixes of wrappers; as they are where names would be the same then."""
    found = {_without_wrappers(name): tensor for name, tensor in tensors.items()}
    return found if len(found) == len(tensors) else tensors


def _without_wrappers(name: str) -> str:
    while (shorter := name.removeprefix(_WRAPPERS[0]).removeprefix(_WRAPPERS[1])) != name:
        name = shorter
    return name


_Part = EmbeddingPart | LinearPart
_DOUBTS: Mapping[type[_Part], ErrorCode] = MappingProxyType(
    {EmbeddingPart: "part_maybe_embedding", LinearPart: "part_maybe_linear"}
)


def _parts(weights: Weights, recurrents: Sequence[RecurrentPart]) -> Iterator[tuple[_Part, CodedText | None]]:
    """Yield the embeddings and linear layers, each with a notice where it may be the other one."""
    first = min((place for place, name in enumerate(weights) if is_recurrent(name)), default=0)
    for place, (name, weight) in enumerate(weights.items()):
        path, _, leaf = name.rpartition(".")
        if leaf != "weight" or len(weight.shape) != 2 or not all(weight.shape) or not weight.is_floating:
            continue
        bias = weights.get(f"{path}.bias" if path else "bias")
        if bias is not None:
            if bias.shape == weight.shape[:1]:
                yield _linear(path, weight, bias), None
            continue
        part, is_certain = _without_bias(path, weight, recurrents, place < first)
        if part is not None:
            yield part, None if is_certain else coded(_DOUBTS[type(part)], path=shown_path(path))


def _linear(path: str, weight: Weight, bias: Weight | None) -> LinearPart:
    return LinearPart(path, weight.shape[1], weight.shape[0], weight, bias)


def _without_bias(
    path: str, weight: Weight, recurrents: Sequence[RecurrentPart], is_before: bool
) -> tuple[_Part | None, bool]:
    """Return an embedding, or a linear layer without bias, and whether it is sure which.

    The rows of an embedding are read by a recurrent module; a linear layer reads the output of one.
    """
    count, width = weight.shape
    embedding = EmbeddingPart(path, count, width, weight)
    is_read = any(part.input_size == width for part in recurrents)
    reads = any(part.output_size == width for part in recurrents)
    if _is_named_embedding(path):
        return embedding, is_read or not reads
    if is_read != reads:
        return (embedding if is_read else _linear(path, weight, None)), is_read and is_before
    if is_read:
        return (embedding if is_before else _linear(path, weight, None)), False
    return None, False


def _is_named_embedding(path: str) -> bool:
    last = path.rpartition(".")[2].lower()
    return "emb" in last or last in _EMBEDDING_NAMES


def _others(weights: Weights, recurrents: Sequence[RecurrentPart], parts: Sequence[_Part]) -> tuple[str, ...]:
    used = {_joined(part.path, name) for part in recurrents for name in part.weights}
    used |= {_joined(part.path, name) for part in parts for name in ("weight", "bias")}
    return tuple(name for name in weights if name not in used)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _of_recurrents(recurrents: Sequence[RecurrentPart], others: Sequence[str]) -> Iterator[CodedText]:
    """Yield what is not known of the recurrent modules."""
    for part in recurrents:
        if part.has_nonlinearity:
            yield coded("recurrent_nonlinearity", path=shown_path(part.path))
        more = [name for name in others if _is_own(name, part.path) and not name.endswith("_packed_params")]
        if more:
            yield coded("recurrent_of_its_own", path=shown_path(part.path), names=_names(more))
    if not recurrents:
        yield coded("state_dict_without_recurrent")


def _is_own(name: str, path: str) -> bool:
    """Return whether a tensor belongs to the module at a path; of the model, to no module in it."""
    return name.startswith(f"{path}.") if path else "." not in name


def _of_weights(weights: Weights) -> Iterator[CodedText]:
    unknown = [name for name, weight in weights.items() if weight.rule == "unknown"]
    if unknown:
        yield coded("weights_parametrized", names=_names(unknown))


def _of_others(others: Sequence[str]) -> Iterator[CodedText]:
    if others:
        yield coded("layout_others", names=_names(others), count=len(others))


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN_NAMES])
    return f"{shown}, …" if len(names) > _SHOWN_NAMES else shown
