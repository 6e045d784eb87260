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
        If there is no recurrent module at a path, or a module is not in the model.
    TypeError
        If something else was chosen.
    """
    if chosen is None:
        return lambda path, module: True
    if callable(chosen) and not isinstance(chosen, nn.Module | type):
        return chosen
    named: list[object] = [chosen]
    if isinstance(chosen, Iterable) and not isinstance(chosen, str | nn.Module):
        named = list(chosen)
    for one in named:
        if not isinstance(one, str | nn.Module):
            raise TypeError(f"modules= is paths, modules or a function of a path and a module, not {one!r}")
    given = {inner for one in named if isinstance(one, nn.Module) for inner in _modules(model, one)}
    paths = {path for one in named if isinstance(one, str) for path in _paths(model, one)}
    return lambda path, module: module in given or path in paths


def _modules(model: nn.Module, chosen: nn.Module) -> set[nn.Module]:
    """Return the modules inside a chosen one, which has to be in the model."""
    found = set(unwrapped(chosen).modules())
    if found.isdisjoint(model.modules()):
        raise NotCapturedError(f"this {type(chosen).__name__} of modules= is not in the model")
    return found


def _paths(model: nn.Module, name: str) -> list[str]:
    """Return the paths of the recurrent modules at and inside ``name``, with or without wrappers."""
    paths = [path for path, module in model.named_modules(remove_duplicate=False) if is_recurrent(module)]
    found = [path for path in paths if is_inside(path, name)]
    found = found or [path for path in paths if is_inside(strip_wrappers(path), strip_wrappers(name))]
    if not found:
        known = ", ".join(map(repr, paths)) or "none"
        raise NotCapturedError(f"no recurrent module at {name!r}; there is {known}")
    return found


def is_inside(path: str, outer: str) -> bool:
    """Return whether a path is ``outer`` or below it."""
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


def weight_addresses(module: nn.Module) -> list[int]:
    """Return the addresses of the weights that a module passes to its kernel, in order."""
    weights = module._flat_weights if isinstance(module, nn.RNNBase) else module._parameters.values()
    return [weight.data_ptr() for weight in weights if isinstance(weight, Tensor)]
