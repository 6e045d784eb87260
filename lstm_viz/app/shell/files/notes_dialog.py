"""The dialog for what the weights of a model do not tell; each field has its guess filled in."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.edits.edit_dialog import EditDialog
from lstm_viz.app.shell.files.content import ModelFile
from lstm_viz.app.shell.files.label_texts import part_texts
from lstm_viz.app.shell.files.labels_edit import LabelsEdit
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.chooser import Chooser, Items
from lstm_viz.app.widgets.plain_text import PlainLabel, add_row
from lstm_viz.app.widgets.scrolled import Scrolled
from lstm_viz.errors import CodedText
from lstm_viz.opening.notes import ModelNotes, column_kind, open_fields, problems, unknown_word
from lstm_viz.opening.recurrent_parts import shown_path

_WIDTH = 620
_FRAME = QSize(20, 60)  # what a window manager adds at most
_ORDER = ","


class NotesDialog(EditDialog):
    """Asks for what is needed to run a model, and shows what is known of it.

    Parameters
    ----------
    path : Path
    model : ModelFile
    """

    def __init__(self, path: Path, model: ModelFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setWindowTitle(put(self.tr("Open %1"), shown_text(path.name)))
        self.setMinimumWidth(_WIDTH)
        self.area = Scrolled(self)
        body = QWidget(self.area.viewport())
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._build()
        self._add_fields()
        self.hint.setText(self.tr("The answers are kept in a small JSON file beside the model."))
        self.area.show_widget(body)
        for label in (self.summary, self.doubts):
            column.addWidget(label)
        self.doubts.setVisible(bool(self.doubts.text()))
        column.addLayout(self.form)
        column.addStretch(1)
        whole = QVBoxLayout()
        whole.addWidget(self.area)
        self.lay_out(whole, self.tr("Open"))
        self._show_problems()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() - _FRAME))

    def _build(self) -> None:
        layout, notes = self._model.layout, self._model.notes
        self.summary = PlainLabel(shown_text("\n".join(part_texts(layout))), self)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.doubts = PlainLabel(shown_text(_sentences(self._doubts())), self)
        self.doubts.setObjectName("muted")
        self.doubts.setWordWrap(True)
        self.order = QLineEdit(f"{_ORDER} ".join(map(shown_path, notes.recurrents)), self)
        self.order.setAccessibleName(self.tr("Recurrent modules, in order"))
        embeddings = ((shown_path(part.path), part.path) for part in layout.embeddings)
        linears = ((shown_path(part.path), part.path) for part in layout.linears)
        self.embedding = self._chooser(
            self.tr("Embedding"), (*embeddings, (self.tr("none: vectors are typed"), None)), notes.embedding
        )
        self.columns = self._chooser(
            self.tr("Input"),
            ((self.tr("words"), "words"), (self.tr("characters"), "characters")),
            notes.columns if notes.vocabulary else None,
        )
        self.vocabulary = LabelsEdit(
            self.tr("Vocabulary"), self.tr("none: token numbers are typed"), notes.vocabulary, self
        )
        self.readout = self._chooser(
            self.tr("Readout"), (*linears, (self.tr("none: hidden states"), None)), notes.readout
        )
        self.outputs = LabelsEdit(
            self.tr("Names of the outputs"), self.tr("none: numbers"), notes.outputs, self
        )
        self.predicts = self._chooser(self.tr("It predicts"), self._output_kinds(), notes.output_kind)
        self.pooling = self._chooser(self.tr("The readout reads"), self._poolings(), notes.pooling)
        self.nonlinearities = {
            part.path: self._chooser(
                put(self.tr("Nonlinearity of %1"), shown_path(part.path)),
                (("tanh", "tanh"), ("relu", "relu")),
                notes.nonlinearities.get(part.path, "tanh"),
            )
            for part in layout.recurrents
            if part.has_nonlinearity
        }
        self.batch_first = QCheckBox(self.tr("no number depends on it"), self)
        self.batch_first.setAccessibleName("batch_first")
        self.batch_first.setChecked(notes.batch_first)

    def _chooser(self, name: str, items: Items, current: object) -> Chooser:
        chooser = Chooser(name, self, items)
        place = next((k for k, (_, data) in enumerate(items) if data == current), -1)
        chooser.setCurrentIndex(place)
        chooser.activated.connect(self._show_problems)
        return chooser

    def _output_kinds(self) -> Items:
        return (
            (self.tr("tags"), "tags"),
            (self.tr("classes"), "classes"),
            (self.tr("next tokens"), "tokens"),
            (self.tr("real values"), "values"),
        )

    def _poolings(self) -> Items:
        return (
            (self.tr("each step"), "steps"),
            (self.tr("the last step"), "last"),
            (self.tr("the final state of each direction"), "final"),
            (self.tr("the mean over the steps"), "mean"),
            (self.tr("the maximum over the steps"), "max"),
        )

    def _add_fields(self) -> None:
        """Add the fields that matter for the model."""
        asked = open_fields(self._model.layout, self._model.notes)
        rows: list[tuple[bool, str, QWidget]] = [
            ("recurrents" in asked, self.tr("Recurrent modules, in order"), self.order),
            ("embedding" in asked, self.tr("Embedding"), self.embedding),
            ("embedding" in asked, self.tr("Input"), self.columns),
            ("embedding" in asked, self.tr("Vocabulary"), self.vocabulary),
            ("readout" in asked, self.tr("Readout"), self.readout),
            ("readout" in asked, self.tr("Names of the outputs"), self.outputs),
            ("readout" in asked, self.tr("It predicts"), self.predicts),
            ("readout" in asked, self.tr("The readout reads"), self.pooling),
            *((True, field.accessibleName(), field) for field in self.nonlinearities.values()),
            (True, "batch_first", self.batch_first),
        ]
        for is_asked, name, field in rows:
            if is_asked:
                add_row(self.form, name, field)
            else:
                field.hide()
        self.order.textEdited.connect(self._show_problems)
        self.vocabulary.changed.connect(self._vocabulary_changed)
        self.outputs.changed.connect(self._show_problems)
        for field in (self.vocabulary, self.outputs):
            field.refused.connect(self.error_label.setText)

    def _doubts(self) -> Iterable[CodedText]:
        warning = self._model.warning
        if warning is not None:
            yield CodedText(warning.code, {name: str(value) for name, value in warning.parameters.items()})
        yield from self._model.layout.notices

    @property
    def notes(self) -> ModelNotes:
        """What was answered."""
        vocabulary = self.vocabulary.labels if self.embedding.currentData() is not None else ()
        return ModelNotes(
            recurrents=self._recurrents(),
            embedding=self.embedding.currentData(),
            readout=self.readout.currentData(),
            nonlinearities={path: field.currentData() for path, field in self.nonlinearities.items()},
            batch_first=self.batch_first.isChecked(),
            vocabulary=vocabulary,
            columns=self.columns.currentData() or "words",
            unknown=unknown_word(vocabulary),
            outputs=self.outputs.labels if self.readout.currentData() is not None else (),
            output_kind=self.predicts.currentData(),
            pooling=self.pooling.currentData(),
        )

    def _recurrents(self) -> tuple[str, ...]:
        """Return the paths of the recurrent modules; that of the model itself is shown as another text."""
        paths = {shown_path(part.path): part.path for part in self._model.layout.recurrents}
        names = (name.strip() for name in self.order.text().split(_ORDER))
        return tuple(paths.get(name, name) for name in names if name)

    def _vocabulary_changed(self) -> None:
        self.columns.setCurrentIndex(-1)  # the vocabulary tells anew
        self._show_problems()

    def _show_input(self, notes: ModelNotes) -> None:
        """Show what is typed; without a vocabulary there is no choice, and the placeholder says what."""
        self.columns.setEnabled(bool(notes.vocabulary))
        is_vectors = notes.embedding is None
        self.columns.setPlaceholderText(self.tr("vectors") if is_vectors else self.tr("token numbers"))
        if not notes.vocabulary:
            self.columns.setCurrentIndex(-1)
        elif self.columns.currentIndex() < 0:
            self.columns.show_data(column_kind(notes.vocabulary))

    def accept(self) -> None:
        """Keep the dialog open while the model cannot be run."""
        if self._show_problems():
            super().accept()

    def _show_problems(self, *_: object) -> bool:
        """Show why the model cannot be run with these answers; return whether it can."""
        layout, notes = self._model.layout, self.notes
        has_embedding, has_readout = notes.embedding is not None, notes.readout is not None
        self.vocabulary.setEnabled(has_embedding)
        self._show_input(notes)
        for field in (self.outputs, self.predicts, self.pooling):
            field.setEnabled(has_readout)
        found = problems(layout, notes)
        self.error_label.setText(shown_text("\n".join(map(error_text, found))))
        return not found


def _sentences(texts: Iterable[CodedText]) -> str:
    return "\n".join(map(error_text, texts))
