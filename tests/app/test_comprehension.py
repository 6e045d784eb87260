"""Every question of the bank has one answer, and the picture that is to answer it shows what that needs."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QPoint
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from lstm_viz.app.shell.session import Session
from lstm_viz.cli import main
from tests.app.conftest import Command
from tests.comprehension.bank import PICTURES, QUESTIONS, TRAINING, Question
from tests.comprehension.trained import Trained

#: An answer that is ahead of the next by less cannot be read from a picture.
_LEAD = 0.05


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run folder of the questions about training."""
    path = tmp_path_factory.mktemp("comprehension") / "run"
    assert main(["train", *TRAINING, "--out", str(path), "--quiet"]) == 0
    return path


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text[:40])
def test_a_question_has_one_answer(question: Question, run: Path) -> None:
    assert question.answer(Trained(run)).lead >= _LEAD


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_has_what_its_questions_need(
    picture: str, run: Path, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(run, tmp_path / "runs" / "run")
    options = [str(tmp_path / "runs" / "run") if option == "RUN" else option for option in PICTURES[picture]]
    texts: list[str] = []

    def close(session: Session) -> None:
        texts.extend(_texts(session.window))
        session.window.close()

    monkeypatch.setattr(Session, "close", close)
    assert command(str(tmp_path / "a.png"), *options) == (0, "", "")
    asked = [question for question in QUESTIONS if question.picture == picture]
    needed = {(question.text, text) for question in asked for text in question.answer(Trained(run)).shown}
    assert (
        asked
        and {(text, needs) for text, needs in needed if not any(needs in each for each in texts)} == set()
    )


def _texts(window: QWidget) -> Iterator[str]:
    """Yield the texts that a window paints."""
    buffer, generator = QBuffer(), QSvgGenerator()
    buffer.open(QBuffer.OpenModeFlag.ReadWrite)
    generator.setOutputDevice(buffer)
    generator.setSize(window.size())
    window.render(generator, QPoint())
    for text in re.findall(r"<text[^>]*>(.*?)</text>", buffer.data().data().decode(), re.DOTALL):
        yield unescape(text)
