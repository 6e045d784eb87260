"""Reports what the user should know of a model, once: what of its file is not run, that it was read anew."""

from PySide6.QtCore import QObject

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.notices import Notice
from lstm_viz.errors import CodedText
from lstm_viz.messages import Reading


class ModelNotices(QObject):
    """Shows the notices of each model with its first reading, and what is new with later ones."""

    def __init__(self, state: State, notice: Notice) -> None:
        super().__init__(notice)
        self._notice, self._told = notice, dict[str, tuple[CodedText, ...]]()
        state.reading_changed.connect(self._reading_changed)

    def _reading_changed(self, reading: Reading) -> None:
        model = reading.model
        if not model.notices or model.notices == self._told.get(model.uri):
            return
        new = [one for one in model.notices if one not in self._told.get(model.uri, ())]
        self._told[model.uri] = model.notices
        if new:
            text = " ".join(map(error_text, new))
            self._notice.show_text(shown_text(put(self.tr("%1: %2"), model.title, text)))
