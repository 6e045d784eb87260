"""An engine with users' models of other kinds: real vectors in a batch, tokens, values of the whole input."""

import sys
from pathlib import Path

import torch

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.subjects.module import ModuleSubject, given_inputs

sys.path.insert(0, str(Path(__file__).parents[3]))  # an engine is isolated from the current folder
from tests.subjects.user_models import (
    LETTERS,
    Characters,
    PackedForecaster,
    Regressor,
    encode_characters,
    made,
)


def subjects() -> tuple[ModuleSubject, ...]:
    torch.manual_seed(1)
    series, lengths = torch.randn(3, 8, 2), torch.tensor([8, 5, 2])
    targets = torch.randn(3, 8, 2)
    targets[0, 3, 1] = torch.nan
    forecaster = made(PackedForecaster)
    given = given_inputs(forecaster, (series, lengths), [f"{hour}:00" for hour in range(8)])
    return (
        ModuleSubject(
            forecaster,
            None,
            lambda values: (values, ["load", "price"]),
            given,
            predicts="values",
            targets=targets,
            features=["temperature", "wind"],
            uri="live:series",
        ),
        ModuleSubject(
            made(Characters),
            encode_characters,
            lambda output: (output, list(LETTERS)),
            text="a bad cab",
            predicts="tokens",
            reads="characters",
            uri="live:tokens",
        ),
        ModuleSubject(
            made(Regressor, 6),
            None,
            lambda value: value,
            given_inputs(made(Regressor, 6), torch.randn(9, 1, 6)),
            uri="live:whole",
        ),
    )


if __name__ == "__main__":
    sys.exit(serve_window(Reader(subjects())))
