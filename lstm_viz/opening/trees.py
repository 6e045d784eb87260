"""What a file holds as a tree of plain values: the state dicts in it, and lists of words or tags."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lstm_viz.opening.errors import check
from lstm_viz.opening.pickled_values import DeclaredTensor
from lstm_viz.opening.stored import LONGEST_NAME, StoredTensor

_DEEPEST = 6
_OPTIMISER = frozenset(("state", "param_groups"))
_MOST_GAPS = 10  # indices of a vocabulary that stand for no word

Located = Callable[[str, DeclaredTensor], StoredTensor]
_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateDict:
    """Tensors by name, with the keys that lead to them in the file."""

    path: tuple[str, ...]
    tensors: Mapping[str, StoredTensor]


@dataclass(frozen=True, slots=True)
class Labels:
    """Strings by index, with the keys that lead to them in the file: a vocabulary, or tags.

    An index that stands for no string has "".
    """

    path: tuple[str, ...]
    items: tuple[str, ...]


def values_in(tree: Any) -> Iterator[Any]:
    """Yield all values of a tree, containers included; what is in it several times, once."""
    seen, waiting = set[int](), [tree]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, dict | list | tuple) and id(value) not in seen:
            seen.add(id(value))
            waiting.extend(value.values() if isinstance(value, dict) else value)


def state_dicts(tree: Any, located: Located) -> tuple[StateDict, ...]:
    """Return the state dicts in a tree, outer ones first, without those of optimisers.

    Parameters
    ----------
    tree : object
    located : callable
        Returns the place of a tensor; raises `InvalidFileError` if it has none.
    """
    found = (StateDict(path, _tensors(path, value, located)) for path, value in _containers(tree))
    return tuple(one for one in found if one.tensors)


def labels(tree: Any) -> tuple[Labels, ...]:
    """Return the dicts from strings to indices, or from indices to strings, and the lists of strings."""
    found = ((path, _items(value)) for path, value in _containers(tree))
    return tuple(Labels(path, items) for path, items in found if len(items) > 1)


def _containers(tree: Any) -> Iterator[tuple[_Path, Any]]:
    seen = set[int]()
    waiting = deque[tuple[_Path, Any]]([((), tree)])
    while waiting:
        path, value = waiting.popleft()
        if not isinstance(value, dict | list | tuple) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict) and value.keys() >= _OPTIMISER:
            continue
        yield path, value
        if len(path) < _DEEPEST:
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            waiting.extend(
                ((*path, str(key)), item) for key, item in pairs if isinstance(item, dict | list | tuple)
            )


def _tensors(path: _Path, value: Any, located: Located) -> dict[str, StoredTensor]:
    if not isinstance(value, dict):
        return {}
    tensors = ((key, item) for key, item in value.items() if isinstance(item, DeclaredTensor))
    return {key: located(key, item) for key, item in tensors if _is_name(key)}


def _is_name(key: Any) -> bool:
    check(not isinstance(key, str) or len(key) <= LONGEST_NAME, "name_too_long")
    return isinstance(key, str)


def _items(value: Any) -> tuple[str, ...]:
    """Return the strings by their indices; empty if it is anything else."""
    if not isinstance(value, dict):
        return tuple(value) if value and all(type(item) is str for item in value) else ()
    pairs = list(value.items())
    if all(type(key) is str and type(index) is int for key, index in pairs):
        pairs = [(index, key) for key, index in pairs]
    elif not all(type(index) is int and type(text) is str for index, text in pairs):
        return ()
    return _by_index(dict(pairs)) if len(dict(pairs)) == len(value) else ()


def _by_index(texts: Mapping[int, str]) -> tuple[str, ...]:
    if not texts or min(texts) < 0 or max(texts) >= len(texts) + _MOST_GAPS:
        return ()
    return tuple(texts.get(index, "") for index in range(max(texts) + 1))
