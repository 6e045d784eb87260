"""The tags of a reading, with the names and colours of the arithmetic panel."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.opened import Opened
from lstm_viz.app.panels.arithmetic.texts import tag_title
from lstm_viz.app.theme import Theme
from lstm_viz.messages import Reading

translate = QCoreApplication.translate

#: The number of decimals, the same as in the score panel.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a reading, and their texts and colours."""

    reading: Reading
    theme: Theme

    @property
    def names(self) -> tuple[str, ...]:
        return self.reading.model.tags

    @property
    def ink(self) -> str:
        """The colour of a tag's name as text: a tag's own colour is for filled labels."""
        return self.theme.text

    def title(self, name: str, tag: str, step: int) -> str:
        return tag_title(name, tag, self.reading.words[step].text)

    def tabs(self, tag: str) -> tuple[tuple[str, Opened], ...]:
        """Return the numbers of a tag, where a chain gives it others than its score."""
        if self.reading.trellis is None:
            return ()
        return (
            (translate("Arithmetic", "Word alone"), Opened("score", tag)),
            (translate("Arithmetic", "Best path"), Opened("delta", tag)),
            (translate("Arithmetic", "All paths"), Opened("marginal", tag)),
        )
