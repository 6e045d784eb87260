"""Reports the trainings that go on without this window when it opens."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from lstm_viz.app.runs.run_lists import RunEntry
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.notices import Notice
from lstm_viz.uris import of_run


class BackgroundRuns(QObject):
    """Shows a notice, with a button to the first of them, unless it is in view; once, for the first list."""

    def __init__(self, state: State, runs: Runs, notice: Notice) -> None:
        super().__init__(notice)
        self._state, self._runs, self._notice = state, runs, notice
        runs.entries_changed.connect(self._report)

    def _report(self) -> None:
        self._runs.entries_changed.disconnect(self._report)
        going = [entry for entry in self._runs.entries if entry.written and self._is_elsewhere(entry)]
        if going and not self._notice.text:
            self._notice.show_text(self._text(going), self.tr("Show"), lambda: self._show(going[0]))

    def _is_elsewhere(self, entry: RunEntry) -> bool:
        """Return whether a run is trained by another process, and not in view."""
        in_view = self._state.training.shown and self._state.selection.model == of_run(entry.path)
        return entry.path not in self._runs.begun and not in_view

    def _text(self, going: Sequence[RunEntry]) -> str:
        names = ", ".join(f"“{shown_text(entry.name)}”" for entry in going)
        return put(self.tr("In training in the background: %1"), names)

    def _show(self, entry: RunEntry) -> None:
        self._notice.show_text("")
        self._state.pick_model(of_run(entry.path))
        self._state.show_page("training")
