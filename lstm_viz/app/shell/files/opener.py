"""Opens files: from the dialog, dropped on the window, named on the command line, or opened before."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.runs.folder_reads import FolderReads, in_time
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.shell.content import Content
from lstm_viz.app.shell.files.drops import Drops
from lstm_viz.app.shell.files.kept_notes import KeptNotes, write_beside
from lstm_viz.app.shell.files.recent import RecentFiles
from lstm_viz.app.shell.files.watch import FileWatch
from lstm_viz.app.state import State
from lstm_viz.app.texts import as_line, put, shown_text
from lstm_viz.app.widgets.line_text_edit import MAX_CHARACTERS
from lstm_viz.errors import CodedError
from lstm_viz.files.errors import reason_of
from lstm_viz.runs.errors import RunError
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.uris import file_path, of_run

if TYPE_CHECKING:
    from lstm_viz.app.pages.training.page import TrainingPage
    from lstm_viz.app.shell.files.content import FileContent, ModelFile
    from lstm_viz.app.shell.files.notes_dialog import NotesDialog
    from lstm_viz.opening.file_kinds import FileKind
    from lstm_viz.opening.notes import ModelNotes


class FileOpener(QObject):
    """Opens files of every kind, each where it is shown: models, runs, corpora and texts.

    Attributes
    ----------
    recent : RecentFiles
    dialog : NotesDialog or None
        The dialog that asks about a model.
    """

    def __init__(self, state: State, runs: Runs, content: Content, recent: RecentFiles) -> None:
        super().__init__(content)
        self._state, self._runs, self._content, self.recent = state, runs, content, recent
        self._reads, self._notes = FolderReads(self), KeptNotes()
        self.dialog: NotesDialog | None = None
        self.drops = Drops(content)
        self.drops.dropped.connect(self.open)
        self._watch = FileWatch(state, self._reads)

    def ask(self) -> None:
        """Open a file dialog, and the files that are chosen."""
        start = str(self.recent.paths[0].parent) if self.recent.paths else ""
        names, _ = QFileDialog.getOpenFileNames(self._content, self.tr("Open"), start, self._kinds())
        self.open(list(map(Path, names)))

    def open(self, paths: Sequence[Path]) -> None:
        """Open files or run folders."""
        absolute = tuple(path.absolute() for path in paths)
        if absolute:
            self._reads.run(absolute, lambda: list(map(_read, absolute)), self._take)

    def edit_notes(self) -> None:
        """Ask again what the file of the selected model does not tell."""
        path = file_path(self._state.selection.model)
        if path is None:
            self._say(self.tr("This model is not from a file."))
        else:
            self._reads.run(path, partial(_read, path), self._ask_again)

    def _ask_again(self, content: "FileContent | CodedError") -> None:
        if isinstance(content, CodedError):
            self._say(error_text(content))
        elif content.model is not None:
            self._ask_about(content, content.model)

    def close(self) -> None:
        """End what runs for it; the window is closing."""
        self._watch.stop()
        self._reads.clear()
        self._notes.close()

    def _kinds(self) -> str:
        models = "*.safetensors *.pt *.pth *.bin *.ckpt"
        return self.tr("Models, traces, treebanks and texts (%1);;All files (*)").replace(
            "%1", f"{models} *.conllu *.conll *.txt"
        )

    def _take(self, contents: "Sequence[FileContent | CodedError]") -> None:
        """Open each file where it belongs; several treebanks are one corpus."""
        takers: dict[FileKind, Callable[[FileContent], object]] = {
            "run": self._open_run,
            "text": self._open_text,
            "trace": self._show,
        }
        corpora: list[FileContent] = []
        for content in contents:
            if isinstance(content, CodedError):
                self._say(error_text(content))
            elif self._is_corpus(content):
                corpora.append(content)
            else:
                takers.get(content.kind, self._open_model)(content)
        if corpora:
            self._open_corpus(corpora)

    def _is_corpus(self, content: "FileContent") -> bool:
        """Return whether a file is to train on; a text is none, but the Training page says why."""
        return content.kind == "conllu" or (content.kind == "text" and self._state.training.shown)

    def _open_run(self, content: "FileContent") -> None:
        try:
            self._runs.open_external(content.path)
        except RunError as error:
            self._say(error_text(error))
            return
        self.recent.add(content.path)
        self._state.pick_model(of_run(content.path))

    def _open_corpus(self, contents: "Sequence[FileContent]") -> None:
        for content in contents:
            self.recent.add(content.path)
        self._state.show_page("training")
        page = cast("TrainingPage", self._content.page_of("training"))
        page.form.take_corpus(tuple(str(content.path) for content in contents))

    def _open_text(self, content: "FileContent") -> None:
        self.recent.add(content.path)
        text = as_line(content.text).strip()
        self._state.open_sentence(TokenizedText(text[:MAX_CHARACTERS]))
        if len(text) > MAX_CHARACTERS:
            self._content.page.editor.shortened.emit(len(text), MAX_CHARACTERS)

    def _open_model(self, content: "FileContent") -> None:
        """Show a model; what its file does not tell is asked once."""
        assert content.model is not None
        if content.model.is_told:
            self._show(content)
        else:
            self._ask_about(content, content.model)

    def _show(self, content: "FileContent") -> None:
        """Show a model or a saved trace on the Sentence page."""
        self.recent.add(content.path)
        self._select(content)

    def _select(self, content: "FileContent") -> None:
        self._state.show_page("sentence")
        self._state.open_file(content.path, content.text_for(self._state.selection.text))

    def _ask_about(self, content: "FileContent", model: "ModelFile") -> None:
        from lstm_viz.app.shell.files.notes_dialog import NotesDialog

        dialog = self.dialog = NotesDialog(content.path, model, self._content.window())
        dialog.accepted.connect(lambda: self._answered(content, model, dialog.notes))
        dialog.finished.connect(self._asked)
        dialog.open()

    def _asked(self, _result: int) -> None:
        self.dialog = None

    def _answered(self, content: "FileContent", model: "ModelFile", notes: "ModelNotes") -> None:
        """Keep the answers beside the model; where that cannot be written, for this window only."""
        path = content.path
        try:
            in_time(partial(write_beside, path, notes))
        except OSError as error:
            path = self._keep(path, notes, error)
        self.recent.add(content.path)
        self._select(replace(content, path=path, model=replace(model, notes=notes, is_told=True)))

    def _keep(self, path: Path, notes: "ModelNotes", why: OSError) -> Path:
        """Keep the answers for this window, and return the path that has them beside it."""
        text = self.tr("The answers cannot be written beside %1 (%2): they are kept for this window only.")
        try:
            kept = self._notes.keep(path, notes)
        except OSError:
            text = self.tr("The answers cannot be written beside %1 (%2): what is guessed is used instead.")
            kept = path
        self._say(put(text, path.name, reason_of(why)))
        return kept

    def _say(self, text: str) -> None:
        self._content.notice.show_text(shown_text(text))


def _read(path: Path) -> "FileContent | CodedError":
    from lstm_viz.app.shell.files.content import read_content  # not before the first file is opened

    return read_content(path)
