"""The recurrent modules of a model: their paths, and the selection of those to capture."""

from collections.abc import Callable, Iterable

from torch import Tensor, nn

from lstm_viz.tracing.errors import NotCapturedError

#: Returns whether the module at a path is captured.
Wanted = Callable[[str, nn.Module], bool]
Chosen = str | nn.Module | Iterable[str | nn.Module] | Wanted

#: Names that torch's wrappers insert into paths.
_WRAPPERS = ("module", "_orig_mod")


def is_recurrent(module: nn.Module) -> bool:
    """Return whether ``module`` is an ``nn.LSTM``, ``nn.GRU``, ``nn.RNN`` or one of their cells."""
    return isinstance(module, nn.RNNBase | nn.RNNCellBase)


def wanted(model: nn.Module, chosen: Chosen | None) -> Wanted:
    """Return the predicate of the captured modules: those inside the chosen ones, or all if none are chosen.

    Raises
    ------
    NotCapturedError
        If there is no recurrent module at a path.
    """
    if chosen is None:
        return lambda path, module: True
    if callable(chosen) and not isinstance(chosen, nn.Module):
        return chosen
    named = [chosen] if isinstance(chosen, str | nn.Module) else list(chosen)
    given = {inner for one in named if isinstance(one, nn.Module) for inner in unwrapped(one).modules()}
    paths = {path for one in named if isinstance(one, str) for path in _paths(model, one)}
    return lambda path, module: module in given or path in paths


def _paths(model: nn.Module, name: str) -> list[str]:
    """Return the paths of the recurrent modules at and inside ``name``, with or without wrappers."""
    paths = [path for path, module in model.named_modules(remove_duplicate=False) if is_recurrent(module)]
    found = [path for path in paths if _is_inside(path, name)]
    found = found or [path for path in paths if _is_inside(strip_wrappers(path), strip_wrappers(name))]
    if not found:
        known = ", ".join(map(repr, paths)) or "none"
        raise NotCapturedError(f"no recurrent module at {name!r}; there is {known}")
    return found


def _is_inside(path: str, outer: str) -> bool:
    return not outer or path == outer or path.startswith(f"{outer}.")


def strip_wrappers(path: str) -> str:
    """Return a path without the names that torch's wrappers insert."""
    return ".".join(name for name in path.split(".") if name not in _WRAPPERS)


def unwrapped(module: nn.Module) -> nn.Module:
    """Return the module that torch.compile has wrapped, or the module itself."""
    inner = getattr(module, "_orig_mod", None)
    return inner if isinstance(inner, nn.Module) else module


def is_compiled(model: nn.Module) -> bool:
    """Return whether some module of ``model`` is compiled by torch.compile."""
    return any(hasattr(m, "_orig_mod") or m._compiled_call_impl is not None for m in model.modules())


def first_weight(module: nn.Module) -> int:
    """Return the address of the first weight that a module passes to its kernel."""
    first = module._flat_weights[0] if isinstance(module, nn.RNNBase) else module._parameters.get("weight_ih")
    return first.data_ptr() if isinstance(first, Tensor) else 0
