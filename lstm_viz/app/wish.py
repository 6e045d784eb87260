"""A request to the engine: sent once, and again where the engine ended before it answered."""

from collections.abc import Hashable

from msgspec.structs import replace

from lstm_viz.app.link import EngineLink
from lstm_viz.messages import Confusions, Flowed, Problem, Question, Surveyed

#: What an answer is about: the question without its number, and the key that it was wanted with.
_About = tuple[Question, Hashable]
#: The results that a `Wish` stores: those that arrive in one message.
Result = Surveyed | Flowed | Confusions | Problem


class Wish:
    """The newest request of one kind, without its number, whether it is pending, and its result.

    ``number`` is that of the last request sent: an answer with another number is to a request that was
    replaced.
    """

    def __init__(self) -> None:
        self.number = 0
        self.question: Question | None = None
        self._key: Hashable = None
        self._asked: _About | None = None
        self._about: _About | None = None
        self._answered: tuple[_About, Result] | None = None
        self._waits = False

    def want(self, question: Question | None, key: Hashable = None) -> None:
        """Want this answered, or nothing; another ``key`` says that the same question has another answer."""
        self.question, self._key = question, key

    def ask(self, link: EngineLink) -> None:
        """Ask, unless that was asked last."""
        if self.question is None:
            self._asked, self.number, self._waits = None, 0, False
        elif (self.question, self._key) != self._asked:
            self._about = self._asked = (self.question, self._key)
            self._waits = True
            self.number = next(link.numbers)
            link.ask(replace(self.question, number=self.number))

    def is_answered_by(self, number: int, whole: bool = True) -> bool:
        """Tell whether an answer is to what was asked last; a ``whole`` one need not be asked again."""
        if not number or number != self.number:
            return False
        self._waits = not whole
        return True

    def take(self, answer: Result) -> bool:
        """Keep an answer, or why there is none, if it is to what was asked last; tell whether it is."""
        if self._about is None or not self.is_answered_by(answer.number):
            return False
        self._answered = self._about, answer
        return True

    @property
    def answer(self) -> Result | None:
        """What the question that is wanted now gave; None where that is not known (yet).

        An answer is about the question that it was asked with, whatever has been wanted since. So one that
        comes late is never taken for an answer to another question.
        """
        if self._answered is None or self.question is None:
            return None
        about, answer = self._answered
        return answer if about == (self.question, self._key) else None

    def forget(self) -> None:
        """Let what is unanswered be asked again: the engine that was asked is gone."""
        if self._waits:
            self._asked = None

    def repeat(self) -> None:
        """Let it be asked again, whether it was answered or not; what was answered counts no more."""
        self._asked, self._answered = None, None
