"""One thread, as in the engine: small nets lose by two on a busy machine. And the recipes as modules."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

torch.set_num_threads(1)

_EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def example() -> Callable[[str], ModuleType]:
    """Return a function that runs a file of ``examples/`` as a module."""

    def run(name: str) -> ModuleType:
        specification = importlib.util.spec_from_file_location(name, _EXAMPLES / f"{name}.py")
        assert specification is not None and specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        return module

    return run
