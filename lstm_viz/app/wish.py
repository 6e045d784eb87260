"""A question that somebody has: asked once, asked again where the engine died before it answered."""

from collections.abc import Hashable

from msgspec.structs import replace

from lstm_viz.app.link import EngineLink
from lstm_viz.messages import Question


class Wish:
    """The newest question of one kind, without its number, and whether it is on its way.

    ``number`` is that of the last that was asked: an answer with another is to a question that was replaced.
    """

    def __init__(self) -> None:
        self.number = 0
        self.question: Question | None = None
        self._key: Hashable = None
        self._asked: tuple[Question, Hashable] | None = None
        self._waits = False

    def want(self, question: Question | None, key: Hashable = None) -> None:
        """Want this answered, or nothing; another ``key`` says that the same question has another answer."""
        self.question, self._key = question, key

    def ask(self, link: EngineLink) -> None:
        """Ask, unless that was asked last."""
        if self.question is None:
            self._asked, self.number, self._waits = None, 0, False
        elif (self.question, self._key) != self._asked:
            self._asked, self._waits = (self.question, self._key), True
            self.number = next(link.numbers)
            link.ask(replace(self.question, number=self.number))

    def is_answered_by(self, number: int, whole: bool = True) -> bool:
        """Tell whether an answer is to what was asked last; a ``whole`` one need not be asked again."""
        if not number or number != self.number:
            return False
        self._waits = not whole
        return True

    def forget(self) -> None:
        """Let what is unanswered be asked again: the engine that was asked is gone."""
        if self._waits:
            self._asked = None

    def repeat(self) -> None:
        """Let it be asked again, whether it was answered or not."""
        self._asked = None
