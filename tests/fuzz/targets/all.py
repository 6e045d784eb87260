"""The table of all targets; whoever writes a reader of bytes puts one here.

What is to be added: a `Target` in one of the modules beside this one, with what our own writer writes as its
seeds, the mutators that know its format, and in ``allowed`` the exceptions that its docstring names.
"""

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    commands,
    folders,
    growing,
    messages,
    models,
    names,
    opening,
    texts,
    window,
)

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (growing, folders, window, names, models, opening, texts, messages, commands)
    for target in module.TARGETS
}
