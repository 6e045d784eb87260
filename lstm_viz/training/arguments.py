"""The argument parser of `lstm-viz train`, built from the settings; without torch, so that help is fast."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from lstm_viz.runs.settings import BUNDLED, FIELDS, Field, TrainingSettings, checked, suitable, usual_rate
from lstm_viz.text.numbers import WHOLE, NumberRange, number_argument

_ABOUT = """\
Train a tagger and keep everything about it in a run folder, which the window shows while it grows.

CORPUS is one or more CoNLL-U files, or one of those that come with the program:
  tutorial   the two sentences of PyTorch's LSTM tutorial, trained as there
  small      some hundred short English sentences, learnt in seconds

for example:
  lstm-viz train small
  lstm-viz train en_ewt-ud-train.conllu --dev en_ewt-ud-dev.conllu --chars --hidden 96 --epochs 20
  lstm-viz train --resume RUN        goes on where a run stopped, bit by bit the same
  torchrun --nproc-per-node 2 -m lstm_viz train small --out RUN
"""

_THREADS = NumberRange(whole=True, least=1, most=1024)
_COUNT = NumberRange(whole=True, least=0, most=2**53)
#: Steps per second; the trainer treats slower values as this.
_PACE = NumberRange(least=1e-3)


def add_train(commands: Any) -> None:
    """Add the command ``train`` to a parser's commands."""
    _fill(
        commands.add_parser(
            "train",
            help="train a tagger into a run folder",
            description=_ABOUT,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments after ``lstm-viz train``."""
    parser = argparse.ArgumentParser(prog="lstm-viz train")
    _fill(parser)
    return parser.parse_args(arguments)


def _fill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpus", metavar="CORPUS", nargs="*", help=FIELDS["corpus"].about)
    settings = parser.add_argument_group(
        "what is trained, and how (the defaults are for a treebank; bundled corpora have their own)"
    )
    for name, field in FIELDS.items():
        if name != "corpus":
            _add_setting(settings, field)
    where = parser.add_argument_group("where")
    where.add_argument(
        "--out", type=Path, metavar="RUN", help="the run folder to make (default: a new one among your runs)"
    )
    where.add_argument("--resume", type=Path, metavar="RUN", help="go on with the run in this folder")
    where.add_argument(
        "--device", default="auto", help="cpu, cuda, cuda:1, mps, or auto, which takes the best (default)"
    )
    where.add_argument(
        "--threads",
        type=number_argument(_THREADS),
        default=1,
        help="of torch, a process (default: %(default)s, the steadiest)",
    )
    where.add_argument(
        "--tensorboard",
        action="store_true",
        help="also write event files for TensorBoard into the run folder",
    )
    where.add_argument(
        "--until-step",
        type=number_argument(_COUNT),
        metavar="N",
        help="wait after so many steps, until told to go on",
    )
    where.add_argument(
        "--until-epoch",
        type=number_argument(_COUNT),
        metavar="N",
        help="wait after so many epochs, until told to go on",
    )
    where.add_argument(
        "--steps-per-second", type=number_argument(_PACE), metavar="X", help="go no faster, for a class"
    )
    where.add_argument("--quiet", action="store_true", help="print nothing but what is wrong")


def _add_setting(group: argparse._ArgumentGroup, field: Field) -> None:
    default = getattr(suitable(("a treebank",)), field.name)
    about = field.about.replace("%", "%%")
    if default is not None and field.kind is not bool and "default" not in about:
        about = f"{about} (default: {default})"
    if field.kind is bool:
        group.add_argument(
            field.flag, dest=field.name, action=argparse.BooleanOptionalAction, default=None, help=about
        )
    elif field.choices:
        group.add_argument(field.flag, dest=field.name, choices=field.choices, default=None, help=about)
    else:
        metavar, kind = {
            int: ("N", number_argument(WHOLE)),
            float: ("X", number_argument()),
        }.get(field.kind, ("FILE", field.kind))
        group.add_argument(field.flag, dest=field.name, type=kind, default=None, metavar=metavar, help=about)


def settings_of(options: argparse.Namespace) -> TrainingSettings:
    """Return the training settings: the defaults of the corpus, overridden by explicit arguments.

    Raises
    ------
    ValueError
        If there is no corpus, or a setting is out of range; the message names the flag.
    """
    if not options.corpus:
        raise ValueError(f"name a corpus: a CoNLL-U file, or {' or '.join(BUNDLED)} (--help tells more)")
    explicit, corpus = explicit_settings(options), tuple(map(_absolute, options.corpus))
    if "optimiser" in explicit:
        explicit.setdefault("learning_rate", usual_rate(corpus, explicit["optimiser"]))
    if "dev" in explicit:
        explicit["dev"] = _absolute(explicit["dev"])
    try:
        return checked(msgspec.structs.replace(suitable(corpus), **explicit))
    except ValueError as error:
        raise ValueError(_with_flag(str(error))) from error


def _absolute(corpus: str) -> str:
    """Return an absolute path, as a run may be resumed from another folder; a bundled name stays."""
    return corpus if corpus in BUNDLED else str(Path(corpus).absolute())


def explicit_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that are given on the command line."""
    return {
        name: value for name in FIELDS if name != "corpus" and (value := getattr(options, name)) is not None
    }


def _with_flag(text: str) -> str:
    """Rewrite msgspec's "Expected `int` >= 1 - at `$.hidden_size`" with the flag."""
    match = re.fullmatch(r"Expected `\w+` (.*) - at `\$\.(\w+)`", text)
    return f"{FIELDS[match[2]].flag} must be {match[1]}" if match and match[2] in FIELDS else text
