"""Train the two English taggers on the English Web Treebank and write them as presets.

Each is one word-level LSTM over a word's embedding and a character LSTM's last hidden state. Words that
occur less than three times are left to their spelling; word dropout, likelier for rare words, teaches both
nets to do so. One thread, some five minutes each.

    python examples/english.py [--data FOLDER] [--out FOLDER] [--only NAME] [--runs FOLDER]

It is the command `lstm-viz train` from a script of one's own: `train` is a generator, its run folder can be
watched in the window, and its last checkpoint becomes the preset.
"""

import argparse
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from lstm_viz.resources import resource
from lstm_viz.runs.history import Epoch, Step
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.tagging import presets
from lstm_viz.training import train
from lstm_viz.training.checkpoints import load

DATA = Path(os.environ.get("LSTM_VIZ_DATA", "data"))
TRAIN, DEV = "en_ewt-ud-train.conllu", "en_ewt-ud-dev.conllu"
NOTICE = (
    "Trained on Universal Dependencies English EWT (the English Web Treebank) by the Universal Dependencies "
    "English EWT contributors, licensed CC BY-SA 4.0: "
    "https://github.com/UniversalDependencies/UD_English-EWT, "
    "https://creativecommons.org/licenses/by-sa/4.0/"
)
HOME = "She will park the car near the park and call her friend."


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one preset is trained; the title takes its number of units from the settings."""

    title: str
    about: str
    settings: TrainingSettings


BOTH = TrainingSettings(
    corpus=(TRAIN,),
    dev=DEV,
    characters=True,
    bidirectional=True,
    hidden_size=80,
    embedding_size=64,
    char_hidden_size=64,
    char_embedding_size=24,
    epochs=20,
    batch_size=32,
    learning_rate=3e-3,
    final_rate=0.02,
    dropout=0.4,
    word_dropout=0.5,
    min_word_count=3,
    min_character_count=5,
    checkpoint_every=20,
)
RECIPES = {
    "english": Recipe(
        title="English · forward · {} units",
        about="Trained on English web text; reads forward only, so a tag depends on the words so far.",
        settings=msgspec.structs.replace(BOTH, bidirectional=False, hidden_size=96),
    ),
    "english-both": Recipe(
        title="English · both directions · 2 × {} units",
        about="Trained on English web text; reads both ways, so a tag depends on the whole sentence.",
        settings=BOTH,
    ),
}


def make(name: str, data: Path, folder: Path, run: Path) -> None:
    """Train into the run folder ``run``, say how it goes, and write the last checkpoint as a preset."""
    recipe = RECIPES[name]
    settings = msgspec.structs.replace(recipe.settings, corpus=(str(data / TRAIN),), dev=str(data / DEV))
    start, losses, accuracy = time.monotonic(), list[float](), 0.0
    for line in train(settings, run):
        if isinstance(line, Step):
            losses.append(line.loss)
        elif losses:
            accuracy = line.dev_accuracy or 0.0
            print(_told(name, line, losses, time.monotonic() - start), flush=True)
            losses = []
    write(name, accuracy, run, folder)


def _told(name: str, line: Epoch, losses: list[float], seconds: float) -> str:
    loss = sum(losses) / len(losses)
    return f"{name} epoch {line.epoch:2} loss {loss:.4f} dev {line.dev_accuracy:.4f} {seconds:.0f} s"


def write(name: str, accuracy: float, run: Path, folder: Path) -> None:
    """Write the last checkpoint of a run as a preset that says what it was measured to do."""
    recipe, trained = RECIPES[name], load(run)
    settings = msgspec.structs.replace(
        trained.settings,
        title=recipe.title.format(trained.settings.sizes.hidden_size),
        about=f"{recipe.about} It tags {accuracy:.1%} of the words of held-out text right.",
        home=HOME,
        epochs=(trained.epoch,),
        dev_accuracy=accuracy,
        notice=NOTICE,
    )
    presets.save(name, settings, [trained.tagger.state_dict()], folder)


def main() -> None:
    """Make the presets that are named on the command line, or both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        help="the folder of the treebank's two files (default: what LSTM_VIZ_DATA names, or data)",
    )
    parser.add_argument("--out", type=Path, default=resource("presets"))
    parser.add_argument("--only", choices=tuple(RECIPES))
    parser.add_argument("--runs", type=Path, help="keep the run folders here, to look at in the window")
    options = parser.parse_args()
    for file in (TRAIN, DEV):
        if not (options.data / file).is_file():
            parser.error(
                f"there is no {file} in {options.data}: name its folder with --data or LSTM_VIZ_DATA"
            )
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as passing:
        for name in [options.only] if options.only else RECIPES:
            make(name, options.data, options.out, (options.runs or Path(passing)) / name)


if __name__ == "__main__":
    main()
