"""The weights of modules, also where the file has what they are computed from: weight norm, masks and others.

A state dict has the parameters of a reparametrisation instead of the weight itself: ``weight_hh_l0_g`` and
``weight_hh_l0_v``, or ``parametrizations.weight_hh_l0.original0`` and ``original1``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from lstm_viz.opening.stored import StoredTensor

#: How a weight is computed from its sources.
#:
#: plain          it is stored
#: weight_norm    g · v / ‖v‖ for (g, v)
#: masked         w · mask for (w, mask), as ``torch.nn.utils.prune`` stores it
#: spectral_norm  w / (u · w v) for (w, u, v)
#: unknown        its source alone does not tell
Rule = Literal["plain", "weight_norm", "masked", "spectral_norm", "unknown"]


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight by the tensors that it is computed from."""

    shape: tuple[int, ...]
    sources: tuple[StoredTensor, ...]
    rule: Rule = "plain"

    @property
    def is_floating(self) -> bool:
        return self.sources[0].is_floating


Tensors = Mapping[str, StoredTensor]
#: The name that a weight has in a plain module, the weight, and the names that belong to it.
_Found = tuple[str, Weight, tuple[str, ...]]


def plain_weights(tensors: Tensors) -> dict[str, Weight]:
    """Return the weights under the names that they have in a module without reparametrisation, in order."""
    computed, taken = dict[str, tuple[str, Weight]](), set[str]()
    for name in tensors:
        for pattern, read in _FORMS:
            match = pattern.fullmatch(name)
            found = read(tensors, match) if match and name not in taken else None
            if match and found:
                computed[name] = found[:2]
                taken.update(found[2])
                break
    plain = ((name, (name, Weight(tensor.shape, (tensor,)))) for name, tensor in tensors.items())
    return dict(computed.get(name, one) for name, one in plain if name in computed or name not in taken)


def _normed(tensors: Tensors, match: re.Match[str]) -> _Found | None:
    """Return a weight that was normed by ``torch.nn.utils.weight_norm``, of either version."""
    name = match[0]
    other = f"{name[:-1]}1" if name.endswith("original0") else f"{name[:-1]}v"
    if other not in tensors:
        return None
    g, v = tensors[name], tensors[other]
    rule: Rule = "weight_norm" if norm_dimension(g.shape, v.shape) is not None else "unknown"
    return _plain_name(match), Weight(v.shape, (g, v), rule), (name, other)


def norm_dimension(g: tuple[int, ...], v: tuple[int, ...]) -> int | None:
    """Return the dimension whose norms g has; -1 for the norm of all of v, None if the shapes do not fit."""
    if not g:
        return -1
    fits = (d for d in range(len(v)) if g == tuple(n if k == d else 1 for k, n in enumerate(v)))
    return next(fits, None)


def _original(tensors: Tensors, match: re.Match[str]) -> _Found:
    """Return a weight that was pruned, normed by its spectral norm, or computed in an unknown way."""
    name = match[0]
    stem, is_new = name.removesuffix("_orig").removesuffix(".original"), name.endswith(".original")
    for rule, parts in _PARTS_OF_NEW if is_new else _PARTS_OF_OLD:
        names = [name, *(stem + part for part in parts)]
        sources = tuple(tensors[one] for one in names if one in tensors)
        if len(sources) == len(names) and _fits(rule, [one.shape for one in sources]):
            return _plain_name(match), Weight(tensors[name].shape, sources, rule), tuple(names)
    return _plain_name(match), Weight(tensors[name].shape, (tensors[name],), "unknown"), (name,)


def _fits(rule: Rule, shapes: list[tuple[int, ...]]) -> bool:
    """Return whether a weight and its mask, or its vectors u and v, belong together."""
    if rule == "masked":
        return shapes[0] == shapes[1]
    return len(shapes[0]) == 2 and shapes[1:] == [shapes[0][:1], shapes[0][1:]]


def _raw(tensors: Tensors, match: re.Match[str]) -> _Found:
    """Return the weight of a ``WeightDrop``, which has it itself or in the module that it wraps.

    A weight without ``_raw`` that is stored beside it may have units dropped.
    """
    name, inner = match[0], f"{match['path']}module.{match['name']}"
    plain = inner if inner in tensors else _plain_name(match)
    return plain, Weight(tensors[name].shape, (tensors[name],)), (name, plain)


def _plain_name(match: re.Match[str]) -> str:
    return f"{match['path']}{match['name']}"


_PARTS_OF_OLD: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    ("spectral_norm", ("_u", "_v")),
    ("masked", ("_mask",)),
)
_PARTS_OF_NEW: tuple[tuple[Rule, tuple[str, ...]], ...] = (("spectral_norm", (".0._u", ".0._v")),)
_NAME = r"(?P<name>(?:weight|bias)[a-z0-9_]*?)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[Tensors, re.Match[str]], _Found | None]], ...] = (
    (re.compile(rf"(?P<path>(?:.*\.)?)parametrizations\.{_NAME}\.original0"), _normed),
    (re.compile(rf"(?P<path>(?:.*\.)?){_NAME}_g"), _normed),
    (re.compile(rf"(?P<path>(?:.*\.)?)parametrizations\.{_NAME}\.original"), _original),
    (re.compile(rf"(?P<path>(?:.*\.)?){_NAME}_orig"), _original),
    (re.compile(rf"(?P<path>(?:.*\.)?){_NAME}_raw"), _raw),
)
