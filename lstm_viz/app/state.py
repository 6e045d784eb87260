"""The state of the window: the selection, and the engine's results for it.

Pages listen to `State` and draw it; they change it by its methods and never call each other.
"""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Unpack, get_args

from PySide6.QtCore import QObject, Signal

from lstm_viz.app.selection.file_titles import file_titles
from lstm_viz.app.selection.selection import Selection, SelectionChanges, resolved
from lstm_viz.app.selection.tokenized_texts import TokenizedTexts, added, as_typed, in_use, remembered
from lstm_viz.app.selection.training_view import TrainingChanges, TrainingView
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.messages import (
    Ablation,
    Arithmetic,
    Attribution,
    Decomposition,
    Edit,
    Extremes,
    Failure,
    GateArithmetic,
    ModelName,
    Reading,
    ReadQuery,
    Target,
)
from lstm_viz.text.tokenized_text import TokenizedText, tokenized_text_of, with_text
from lstm_viz.uris import of_file

#: What is selected of another model.
_FIRST_OF_MODEL: SelectionChanges = {
    "epoch": None,
    "module": "",
    "layer": 0,
    "direction": 0,
    "first": 0,
    "character": -1,
    "alone": "",
}
#: The most sentences whose state is carried over; earlier ones hardly affect it.
MAX_KEPT = 200


#: The results of the background engine: attribution, ablation and the reading to compare with.
Answered = Literal["attribution", "ablation", "other"]


class State(QObject):
    """The state of the window.

    Signals
    -------
    selection_changed(new, old)
        The selection changed.
    reading_changed(reading)
        There is a new reading.
    gate_arithmetic_changed(gate_arithmetic)
        The gate arithmetic of the selected unit and step.
    arithmetic_changed(arithmetic)
        The arithmetic of the opened number, unless it is a gate.
    decomposition_changed(decomposition)
        The decomposition of the cell state at the selected step.
    extremes_changed(extremes)
        The extremes of all steps of an input of which the reading has a section; None for any other.
    attribution_changed(attribution), ablation_changed(ablation), other_changed(reading)
        Attribution, ablation, and the reading to compare with; None while there is no result for the
        selection.
    detail_error_changed(failure)
        One of the last three failed, see `State.error_of` (None: no error).
    ablation_cancelled()
        The user cancelled the ablation; the results so far stay.
    ablation_repeated()
        The user requested the cancelled ablation again.
    training_changed(new, old)
        The view state of the Training page changed.
    model_changed()
        The selected model may have changed, and is to be read again.
    models_changed(models), theme_changed(theme), error_changed(failure)
        The list of models; the theme; the failure of the engine (None: no error).
    """

    selection_changed = Signal(object, object)
    training_changed = Signal(object, object)
    reading_changed = Signal(object)
    gate_arithmetic_changed = Signal(object)
    arithmetic_changed = Signal(object)
    decomposition_changed = Signal(object)
    extremes_changed = Signal(object)
    attribution_changed = Signal(object)
    ablation_changed = Signal(object)
    other_changed = Signal(object)
    ablation_cancelled = Signal()
    ablation_repeated = Signal()
    detail_error_changed = Signal(object)
    model_changed = Signal()
    models_changed = Signal(object)
    theme_changed = Signal(object)
    error_changed = Signal(object)

    def __init__(
        self, selection: Selection | None = None, theme: Theme = DARK, training: TrainingView | None = None
    ) -> None:
        super().__init__()
        self.selection = selection or Selection()
        self.training = training or TrainingView()
        self.theme = theme
        self._recent: TokenizedTexts = ()
        self.reading: Reading | None = None
        self.edits_read: tuple[Edit, ...] = ()
        self.asked = 0
        self.gate_arithmetic: GateArithmetic | None = None
        self.arithmetic: Arithmetic | None = None
        self.decomposition: Decomposition | None = None
        self.extremes: Extremes | None = None
        self.attribution: Attribution | None = None
        self.ablation: Ablation | None = None
        self.other: Reading | None = None
        self.other_read: ReadQuery | None = None
        self._detail_errors: MappingProxyType[Answered, Failure] = MappingProxyType({})
        self.models: tuple[ModelName, ...] = ()
        self._of_engine: tuple[ModelName, ...] = ()
        self._files: tuple[Path, ...] = ()
        self.error: Failure | None = None

    # ------------------------------------------------------------ selection

    def change(self, **changes: Unpack[SelectionChanges]) -> None:
        """Change the selection, for example ``change(unit=3)``."""
        old, selection = self.selection, replace(self.selection, **changes)
        self._recent = remembered(self._recent, selection.tokenized_texts)
        self.selection = replace(selection, tokenized_texts=in_use(selection, old, self._recent))
        if self.selection != old:
            self.selection_changed.emit(self.selection, old)

    def change_training(self, **changes: Unpack[TrainingChanges]) -> None:
        """Change the view state of the Training page, for example ``change_training(smoothing=0.5)``."""
        old, self.training = self.training, replace(self.training, **changes)
        if self.training != old:
            self.training_changed.emit(self.training, old)

    def show_page(self, name: str) -> None:
        """Show another page, by its name."""
        self.change_training(page=name)

    def type(self, text: str, caret: int, tokenized: TokenizedText | None = None) -> None:
        """Set the text after a keystroke; the word at the caret is selected with the next reading.

        ``tokenized`` is the tokenized text of ``text`` where it is known, with or without tokens: by undo.
        """
        selection = self.selection
        if tokenized is not None:
            self._recent = added(self._recent, tokenized)
        changes: SelectionChanges = {
            "text": text,
            "caret": caret,
            "character": -1,
            "tokenized_texts": self._edited(selection.text, text)
            if tokenized is None
            else added(selection.tokenized_texts, tokenized),
        }
        if text != selection.text and selection.kept:
            changes |= {"before": selection.kept, "kept": ()}
        self.change(**changes)

    def open_sentence(self, tokenized: TokenizedText, **changes: Unpack[SelectionChanges]) -> None:
        """Select a sentence with known tokens, for example ``open_sentence(tokenized, step=3)``."""
        tokenized = as_typed(tokenized)
        sentence: SelectionChanges = {
            "text": tokenized.text,
            "tokenized_texts": added(self.selection.tokenized_texts, tokenized),
            "step": 0,
            "character": -1,
            "caret": None,
        }
        self.change(**(sentence | changes))

    def retokenize(self, tokenized: TokenizedText) -> None:
        """Fix the tokens of a text of the selection; a tokenized text without tokens fixes none."""
        self._recent = added(self._recent, TokenizedText(tokenized.text))
        self.change(tokenized_texts=added(self.selection.tokenized_texts, tokenized))

    def edit_compared_text(self, text: str) -> None:
        """Set the text to compare with after a keystroke."""
        compared_with = self.selection.compared_with
        if compared_with is not None:
            self.change(
                compared_with=replace(compared_with, text=text),
                tokenized_texts=self._edited(compared_with.text, text),
            )

    def _edited(self, old: str, new: str) -> TokenizedTexts:
        """Return the tokenized texts after an edit of a text: words that it did not change stay fixed.

        A text that comes back (retyped, or by undo) has its earlier tokens again.
        """
        tokenized_texts = self.selection.tokenized_texts
        known = tokenized_text_of(new, (*tokenized_texts, *self._recent))
        if known.tokens:
            return added(tokenized_texts, known)
        moved = with_text(tokenized_text_of(old, tokenized_texts), new)
        return added(tokenized_texts, moved) if moved.tokens else tokenized_texts

    def move_caret(self, caret: int) -> None:
        """Select the word at the caret, which moved without a change of the text."""
        if self.reading and self.reading.words:
            step = max(0, sum(word.start < caret for word in self.reading.words) - 1)
            self.change(step=step, character=-1, caret=caret)

    def step_to(self, column: int) -> None:
        """Move the playhead to a column of the view: a word or a character."""
        view = self.reading.view if self.reading else None
        if view is not None:
            column = max(0, min(column, len(view.columns) - 1))
            if view.module.own_columns:
                self.change(character=column, caret=None)
            else:
                self.change(step=column, first=view.first, caret=None)

    def step_by(self, columns: int) -> None:
        """Move the playhead by so many columns to the right."""
        self.go_to(self.position + columns)

    def go_to(self, position: int) -> None:
        """Move the playhead to a column of the whole input; another section is read where it is needed."""
        if not self.is_section:
            self.step_to(position)
            return
        position, first = max(0, min(position, self.length - 1)), self.selection.first
        if not first <= position < first + self.columns:
            first = max(0, min(position - self.columns // 2, self.length - self.columns))
        self.change(first=first, step=position - first, caret=None)

    def show_section(self, shown: range) -> None:
        """Read a section that has these columns of the input in its middle, and move the playhead to them."""
        first = shown.start - (self.columns - len(shown)) // 2
        first = max(0, min(first, self.length - self.columns))
        position = max(shown.start, min(self.position, shown.stop - 1))
        self.change(first=first, step=position - first, caret=None)

    def word_to(self, step: int) -> None:
        """Select another word, also if characters are the columns."""
        if self.reading and self.reading.words:
            self.change(step=max(0, min(step, len(self.reading.words) - 1)), character=-1, caret=None)

    def pick_model(self, uri: str) -> None:
        """Select another model, its first module and its last epoch."""
        if uri != self.selection.model:
            self.change(**(_FIRST_OF_MODEL | {"model": uri}))

    def open_file(self, path: Path, text: str = "") -> None:
        """Select the model in a file, with a text to begin with; it is listed among the models from now on.

        One that is selected already is read again: the file or its notes may have changed.
        """
        before = self.selection
        self.list_file(path)
        changes: SelectionChanges = {"model": of_file(path)}
        if self.selection.model != of_file(path):
            changes |= _FIRST_OF_MODEL
        if text and text != self.selection.text:
            self.open_sentence(TokenizedText(text), **changes)
        else:
            self.change(**changes)
        if self.selection == before:
            self.model_changed.emit()

    def list_file(self, path: Path) -> None:
        """List the model in a file among the models."""
        if path not in self._files:
            self._files = (*self._files, path)
            self._list_models()

    def keep_sentence(self) -> None:
        """Carry the state of the sentence over to the next one that is typed.

        The sentences before it are kept as well. An empty sentence resets the context to the model's own:
        what it read last in training.
        """
        selection = self.selection
        if selection.text.strip():
            self.change(
                kept=((*selection.before, selection.text) if selection.carry else (selection.text,))[
                    -MAX_KEPT:
                ]
            )
        else:
            self.change(before=("",), kept=())

    def cancel_ablation(self) -> None:
        """Cancel the ablation; the results so far stay."""
        self.ablation_cancelled.emit()

    def repeat_ablation(self) -> None:
        """Request the ablation again after it was cancelled."""
        self.ablation_repeated.emit()

    def set_theme(self, theme: Theme) -> None:
        if theme is not self.theme:
            self.theme = theme
            self.theme_changed.emit(theme)

    # ------------------------------------------------------------ results

    def await_reading(self, number: int) -> None:
        """Record that the request ``number`` is pending: until its result the current reading is outdated."""
        self.asked = number

    def take_models(self, models: tuple[ModelName, ...]) -> None:
        self._of_engine = models
        self._list_models()

    def _list_models(self) -> None:
        titles = file_titles(self._files)
        files = (ModelName(of_file(path), title) for path, title in zip(self._files, titles, strict=True))
        self.models = (*self._of_engine, *files)
        self.models_changed.emit(self.models)

    def take_reading(self, reading: Reading, edits: tuple[Edit, ...] = ()) -> None:
        """Set the reading, made with these ``edits``, and limit the selection to its range.

        If that changes the selection, `selection_changed` follows `reading_changed`.
        """
        self.take_error(None)
        self.edits_read = edits
        self.reading, self.gate_arithmetic, self.decomposition = (
            reading,
            reading.gate_arithmetic,
            reading.decomposition,
        )
        self.arithmetic = None
        old, self.selection = self.selection, resolved(self.selection, reading)
        self.reading_changed.emit(reading)
        if self.selection != old:
            self.selection_changed.emit(self.selection, old)

    def take_gate_arithmetic(self, gate_arithmetic: GateArithmetic) -> None:
        """Set the gate arithmetic of another column or unit of the current reading."""
        if self.reading and gate_arithmetic.reading == self.reading.number:
            self.gate_arithmetic = gate_arithmetic
            self.gate_arithmetic_changed.emit(gate_arithmetic)

    def take_arithmetic(self, arithmetic: Arithmetic) -> None:
        """Set the arithmetic of a number of the current reading."""
        if self.reading and arithmetic.reading == self.reading.number:
            self.arithmetic = arithmetic
            self.arithmetic_changed.emit(arithmetic)

    def take_decomposition(self, decomposition: Decomposition) -> None:
        """Set the decomposition at another column of the current reading."""
        if self.reading and decomposition.reading == self.reading.number:
            self.decomposition = decomposition
            self.decomposition_changed.emit(decomposition)

    def take_extremes(self, extremes: Extremes | None) -> None:
        """Set the extremes of all steps of the input, in the view of the current reading."""
        if extremes is not self.extremes:
            self.extremes = extremes
            self.extremes_changed.emit(extremes)

    def take_attribution(self, attribution: Attribution | None) -> None:
        if attribution is not self.attribution:
            self.attribution = attribution
            self.attribution_changed.emit(attribution)

    def take_ablation(self, ablation: Ablation | None) -> None:
        if ablation is not self.ablation:
            self.ablation = ablation
            self.ablation_changed.emit(ablation)

    def take_other(self, other: Reading | None, read: ReadQuery | None = None) -> None:
        """Set the reading to compare with, the result of ``read``."""
        if other is not self.other:
            self.other, self.other_read = other, read
            self.other_changed.emit(other)

    def take_detail_error(
        self, failure: Failure | None, about: tuple[Answered, ...] = get_args(Answered)
    ) -> None:
        """Set or clear the failure of some of the background engine's results; those of the others stay."""
        others = {kind: known for kind, known in self._detail_errors.items() if kind not in about}
        errors = others if failure is None else others | dict.fromkeys(about, failure)
        if errors != self._detail_errors:
            self._detail_errors = MappingProxyType(errors)
            self.detail_error_changed.emit(self.detail_error)

    def take_error(self, failure: Failure | None) -> None:
        if failure is not self.error:
            self.error = failure
            self.error_changed.emit(failure)

    # ------------------------------------------------------------ properties

    @property
    def detail_error(self) -> Failure | None:
        """A failure of the background engine, if there is one."""
        return next(iter(self._detail_errors.values()), None)

    def error_of(self, kind: Answered) -> Failure | None:
        """Return the failure of one of the background engine's results, if any."""
        return self._detail_errors.get(kind)

    @property
    def is_up_to_date(self) -> bool:
        """Whether the current reading is that of the selection, and none is pending."""
        return self.reading is not None and self.reading.number == self.asked

    @property
    def tag(self) -> str:
        """The selected tag; the predicted one of the word if the model has no such tag, "" without words."""
        reading, selection = self.reading, self.selection
        if reading is None or not reading.words:
            return ""
        own = reading.tag(min(selection.step, len(reading.words) - 1))
        return selection.tag if selection.tag in reading.model.tags else own

    @property
    def target(self) -> Target:
        """The selected target; the logit instead of the margin if the model has a single tag.

        Of real values it is these themselves.
        """
        reading, target = self.reading, self.selection.target
        if reading is not None and reading.model.is_real:
            return "value"
        is_alone = reading is not None and len(reading.model.tags) == 1
        return "logit" if target == "margin" and is_alone else target

    @property
    def reads_characters(self) -> bool:
        view = self.reading.view if self.reading else None
        return view is not None and view.module.own_columns

    @property
    def reads_backward(self) -> bool:
        """Whether the direction of the view runs from the last column to the first."""
        view = self.reading.view if self.reading else None
        return view is not None and view.direction == 1

    def step_of(self, position: int) -> int:
        """Return how many steps are computed before that of a column; the column of a step is the same."""
        return self.length - 1 - position if self.reads_backward else position

    @property
    def is_section(self) -> bool:
        """Whether the view has some of the columns of the input, as of a long trace."""
        return self.reading is not None and self.reading.is_section

    @property
    def awaits_section(self) -> bool:
        """Whether another section is selected than that of the view."""
        view = self.reading.view if self.reading else None
        return view is not None and self.selection.first != view.first

    @property
    def length(self) -> int:
        """The number of columns of the whole input, of which the view may have a section."""
        return self.reading.total_words if self.reading and self.reading.is_section else self.columns

    @property
    def position(self) -> int:
        """The playhead's column in the whole input."""
        view = self.reading.view if self.reading else None
        if view is None or not (view.first or self.selection.first):
            return self.column
        return self.selection.first + self.selection.step

    @property
    def columns(self) -> int:
        """The number of columns of the view: words, or the characters of the word."""
        view = self.reading.view if self.reading else None
        return len(view.columns) if view else 0

    @property
    def column(self) -> int:
        """The playhead's column, within the view."""
        last, view = max(0, self.columns - 1), self.reading.view if self.reading else None
        if not self.reads_characters:
            ahead = self.selection.first - view.first if view else 0  # of a section that is awaited
            return max(0, min(self.selection.step + ahead, last))
        return self.selection.character if 0 <= self.selection.character <= last else last
