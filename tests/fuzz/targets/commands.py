"""What is typed after the command, and the line that a warm trainer waits for."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec

from lstm_viz import commands
from lstm_viz.training import arguments
from lstm_viz.training.prefork import parse_line
from tests.fuzz.mutators.json import mutate_json
from tests.fuzz.mutators.text import mutate_text, text_of
from tests.fuzz.target import Run, Target

_LINES = (
    "grab out.png --page training --text x --model tutorial --step 2 --unit 3 --set f[3]@2=1 --size 160x100",
    "grab out.png --arithmetic score:NN --compare a --theme light --scale 2 --set c=-1e6 --panel ablation",
    "train small --hidden 32 --lr 0.01 --epochs 3 --chars --no-shuffle --until-step 5 --steps-per-second 2.5",
    "train a.conllu b.conllu --dev c.conllu --cell gru --decoder crf --out run --quiet --threads 2",
    "train --resume run --until-epoch 2 --device cpu --tensorboard",
)


def _command(folder: Path) -> Run:
    parser = commands._parser()

    def run(data: bytes) -> None:
        given = text_of(data).split("\n")
        options = parser.parse_args(given)
        if options.command == "train":
            arguments.settings_of(options)

    return run


def _warm(folder: Path) -> Run:
    def run(data: bytes) -> None:
        arguments.settings_of(parse_line(text_of(data)))

    return run


def _mutate_words(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a command line, a word a line, of which words are changed, moved or left out."""
    words, others = data.split(b"\n"), other.split(b"\n")
    for _ in range(chance.choice((1, 1, 2))):
        place, kind = chance.randrange(len(words)), chance.random()
        if kind < 0.5:
            words[place] = mutate_text(chance, words[place], other)
        elif kind < 0.75:
            words.insert(place, chance.choice(others))
        elif kind < 0.9 and len(words) > 1:
            del words[place]
        else:
            words.insert(place, words.pop(chance.randrange(len(words))))
    return b"\n".join(words)


def _seeds(made: Callable[[list[str]], bytes]) -> Callable[[], list[bytes]]:
    return lambda: [made(line.split()) for line in _LINES]


_LOADED = ("lstm_viz.commands", "lstm_viz.training.arguments", "lstm_viz.text.numbers")

TARGETS = (
    Target(
        "command-line",
        _command,
        _seeds(lambda words: "\n".join(words).encode()),
        _mutate_words,
        (ValueError, SystemExit),
        _LOADED,
        300,
    ),
    Target(
        "warm-line",
        _warm,
        _seeds(msgspec.json.encode),
        mutate_json,
        (ValueError, SystemExit),
        ("lstm_viz.training.prefork", "lstm_viz.training.arguments"),
        250,
    ),
)
