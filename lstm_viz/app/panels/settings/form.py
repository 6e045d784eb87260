"""The form with the settings of the next run, and the summary of its corpus."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.settings.adapting import with_corpus, with_setting
from lstm_viz.app.panels.settings.corpus_chooser import (
    CorpusSummaryLine,
    Files,
    FilesChooser,
    file_names,
    open_files,
)
from lstm_viz.app.panels.settings.editors import NumberEditor, SettingsGrid, setting_label
from lstm_viz.app.panels.settings.setting_labels import setting_about, setting_name
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.buttons import FoldButton
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.messages import CorpusSummary
from lstm_viz.runs.settings import BUNDLED, FIELDS, checked, suitable

_MAIN = (
    "cell", "hidden_size", "num_layers", "decoder", "embedding_size", "dropout", "optimiser",
    "learning_rate", "batch_size", "epochs", "seed", "shuffle", "bidirectional", "characters",
)  # fmt: skip
_RECENT = 8
_QUERY_MS = 250


class Form(QWidget):
    """Shows and changes `TrainingView.next`.

    Signals
    -------
    error_changed(sentence)
        Why no run can be started with these settings; "" if one can.
    """

    error_changed = Signal(str)

    def __init__(self, state: State, queries: TrainingQueries, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._queries = state, queries
        frame(self)
        self.setAccessibleName(self.tr("Settings of the next run"))
        self.corpus = FilesChooser(setting_name("corpus"), setting_about("corpus"), self)
        self.dev = FilesChooser(setting_name("dev"), setting_about("dev"), self)
        self.fold = FoldButton(self)
        self.summary_line = CorpusSummaryLine(self)
        self.corpus_error = PlainLabel(parent=self)
        self.corpus_error.setObjectName("error")
        self.corpus_error.setWordWrap(True)
        self.usual = QPushButton(self.tr("usual settings"), self)
        self.usual.setObjectName("link")
        set_tip(self.usual, self.tr("Set what suits this corpus"))
        self._emitted = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_QUERY_MS)
        self._lay_out()
        self._connect()
        self._unfold(False)
        self._draw()

    # ------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        title = PlainLabel(self.tr("Settings of the next run"), self)
        title.setObjectName("title")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.usual)
        scrolled = QWidget(self)
        scrolled.setObjectName("scrolled")
        inside = QVBoxLayout(scrolled)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.setSpacing(7)
        inside.addLayout(self._files())
        self.main = SettingsGrid(_MAIN, scrolled)
        self.more = SettingsGrid([n for n in FIELDS if n not in (*_MAIN, "corpus", "dev")], scrolled)
        self.editors = {**self.main.editors, **self.more.editors}
        inside.addWidget(self.main)
        inside.addWidget(self.fold)
        inside.addWidget(self.more)
        inside.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidget(scrolled)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.viewport().setAutoFillBackground(False)
        scrolled.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.summary_line)

    def _files(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        for row, (name, chooser) in enumerate((("corpus", self.corpus), ("dev", self.dev))):
            grid.addWidget(setting_label(name, self), row, 0)
            grid.addWidget(chooser, row, 1)
        grid.addWidget(self.corpus_error, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        for grid in self._grids:
            grid.edited.connect(self._edited)
        self.corpus.chosen.connect(self.take_corpus)
        self.corpus.open_requested.connect(self.open_corpus)
        self.dev.chosen.connect(lambda files: self._set("dev", files[0] if files else None))
        self.dev.open_requested.connect(self._open_dev)
        self.fold.toggled.connect(self._unfold)
        self.usual.clicked.connect(self._take_usual)
        self._pause.timeout.connect(self._ask)
        self._state.training_changed.connect(self._training_changed)
        self._state.theme_changed.connect(lambda _: self.summary_line.update())
        self._queries.corpus_summary_changed.connect(self._corpus_summary_changed)

    # ------------------------------------------------------------ user actions

    def _edited(self, name: str) -> None:
        self._set(name, self.editors[name].setting())
        self._draw_errors()

    def _set(self, name: str, value: object) -> None:
        self._state.change_training(next=with_setting(self._state.training.next, name, value))

    def reset_numbers(self) -> None:
        """Discard invalid numbers, since all settings are being replaced."""
        for grid in self._grids:
            grid.reset_numbers()
        self._draw_errors()

    def _take_usual(self) -> None:
        self.reset_numbers()
        self._state.change_training(next=suitable(self._state.training.next.corpus))

    def take_corpus(self, files: Files) -> None:
        """Set the files to train on, or a bundled corpus by its name."""
        if all(name in BUNDLED for name in files):
            self.reset_numbers()
        self._state.change_training(next=with_corpus(self._state.training.next, files))
        self._draw()

    def _remember(self, files: Files) -> None:
        """List a corpus that could be read among the recent ones."""
        recent = self._state.training.recent
        if not all(name in BUNDLED for name in files) and files != next(iter(recent), None):
            others = (other for other in recent if other != files)
            self._state.change_training(recent=(files, *others)[:_RECENT])
            self._draw()

    def open_corpus(self) -> None:
        """Open a file dialog for CoNLL-U files to train on."""
        files = open_files(self, self.tr("Open a corpus"), self._kinds(), self._last_folder())
        if files:
            self.take_corpus(files)
        self._draw()

    def _open_dev(self) -> None:
        files = open_files(self, self.tr("Open a corpus to evaluate on"), self._kinds(), self._last_folder())
        if files:
            self._set("dev", files[0])
        self._draw()

    def _kinds(self) -> str:
        return self.tr("CoNLL-U files (*.conllu *.conll);;All files (*)")

    def _last_folder(self) -> str:
        recent = self._state.training.recent
        return recent[0][0] if recent else ""

    # ------------------------------------------------------------ errors and summary

    @property
    def _grids(self) -> tuple[SettingsGrid, SettingsGrid]:
        return self.main, self.more

    @property
    def error(self) -> str:
        """Why no run can be started with these settings; "" if no reason is known."""
        wrong = self._without_number()
        if wrong is not None:
            return wrong.named(wrong.reason)
        try:
            checked(self._state.training.next)
        except ValueError as error:
            return str(error)
        return self._summary_error

    @property
    def _summary(self) -> CorpusSummary | None:
        """The last summary, if it is of the chosen files."""
        of, wanted = self._queries.summarised, self._state.training.next
        is_of_these = of is not None and (of.corpus, of.dev) == (wanted.corpus, wanted.dev)
        return self._queries.corpus_summary if is_of_these else None

    @property
    def _summary_error(self) -> str:
        """Why the chosen files cannot be trained on; "" if they can, or it is not known yet."""
        return error_text(self._summary.error) if self._summary and self._summary.error else ""

    def _without_number(self, typed_first: bool = False) -> NumberEditor | None:
        """Return the first field without a valid number, preferring committed ones or those being typed."""
        wrong = [editor for grid in self._grids for editor in grid.without_number()]
        return min(wrong, key=lambda editor: editor.is_being_typed != typed_first, default=None)

    def _ask(self) -> None:
        if self.isVisible():
            self._queries.query_corpus(self._state.training.next)

    def _corpus_summary_changed(self, corpus_summary: CorpusSummary) -> None:
        if corpus_summary.error is None and self._queries.summarised is not None:
            self._remember(self._queries.summarised.corpus)
        self._draw_errors()

    # ------------------------------------------------------------ drawing

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.next != old.next:
            self._draw()
            self._pause.start()

    def _unfold(self, on: bool) -> None:
        self.more.setVisible(on)
        self.fold.show_text(self.tr("more settings"), unfolded=on)

    def _draw(self) -> None:
        training = self._state.training
        for name, editor in self.editors.items():
            editor.set_setting(getattr(training.next, name))
        for name in ("char_hidden_size", "char_embedding_size", "min_character_count"):
            self.editors[name].setEnabled(training.next.characters)
        self._draw_errors()
        bundled = [(name,) for name in BUNDLED]
        self.corpus.set_choices(
            [*bundled, *training.recent], training.next.corpus, self._corpus_name, self.tr("open files…")
        )
        dev = (training.next.dev,) if training.next.dev else ()
        single = [files for files in training.recent if len(files) == 1]
        self.dev.set_choices([(), *single], dev, self._dev_name, self.tr("open a file…"))

    def _draw_errors(self) -> None:
        for grid in self._grids:
            grid.show_errors()
        wrong, typed = self._without_number(), self._without_number(typed_first=True)
        settings = self._state.training.next
        self.corpus_error.setText(shown_text(self._summary_error))
        self.corpus_error.setVisible(bool(self._summary_error))
        self.corpus.setAccessibleDescription(self.corpus_error.text())
        if typed is None:
            self.summary_line.show_summary(self._summary)
        else:
            self.summary_line.show_reason(typed.named(typed.reason), bool(typed.error))
        self.usual.setVisible(wrong is not None or settings != suitable(settings.corpus))
        if self.error != self._emitted:
            self._emitted = self.error
            self.error_changed.emit(self._emitted)

    def _corpus_name(self, files: Files) -> str:
        if files in [(name,) for name in BUNDLED]:
            return self.tr("%1 · bundled").replace("%1", files[0])
        return file_names(files)

    def _dev_name(self, files: Files) -> str:
        if files:
            return file_names(files)
        corpus = self._state.training.next.corpus
        if corpus == ("tutorial",):
            return self.tr("the same sentences")
        bundled = all(name in BUNDLED for name in corpus)
        return self.tr("a separate part · bundled") if bundled else self.tr("every tenth sentence")

    # ------------------------------------------------------------ Qt

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._queries.corpus_summary is None:
            self._pause.start()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pause.stop()
