"""``python -m tests.comprehension FOLDER``, or ``make comprehension``: pictures, questions, answers.

``FOLDER/questions.md`` and the pictures, dark and light, are for a reader who has seen nothing else;
``FOLDER/answers.md`` is for whoever compares.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.comprehension.bank import PICTURES, QUESTIONS, TRAINING
from tests.comprehension.trained import Trained

_SIZES = {"dark": "1600x1000", "light": "1366x768"}


def main() -> None:
    """Train the run, draw every picture, and write the questions and their answers."""
    parser = argparse.ArgumentParser(prog="python -m tests.comprehension", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    run = folder / "run"
    _lstm_viz("train", *TRAINING, "--out", str(run), "--quiet")
    for name, options in PICTURES.items():
        for theme, size in _SIZES.items():
            out = folder / f"{name}-{theme}.png"
            _lstm_viz("grab", str(out), *with_run(options, run), "--theme", theme, "--size", size)
    _write(folder, Trained(run))


def with_run(options: tuple[str, ...], run: Path) -> list[str]:
    """Return the arguments with the run folder in its place."""
    return [str(run) if option == "RUN" else option for option in options]


def _lstm_viz(*arguments: str) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-m", "lstm_viz", *arguments], check=True, env=environment)


def _write(folder: Path, trained: Trained) -> None:
    asked, answered = list[str](), list[str]()
    for number, question in enumerate(QUESTIONS, 1):
        picture = f"{question.picture}-{'dark' if number % 2 or question.needs_run else 'light'}.png"
        asked.append(f"{number}. ({picture}) {question.text}\n")
        answered.append(f"{number}. {question.answer(trained).text}\n")
    (folder / "questions.md").write_text("".join(asked), encoding="utf-8")
    (folder / "answers.md").write_text("".join(answered), encoding="utf-8")


if __name__ == "__main__":
    main()
