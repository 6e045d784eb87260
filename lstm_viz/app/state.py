"""What is looked at, and what the engine said of it: the one state of the window.

Pages listen to `State` and draw it; they change it by its methods and never talk to each other.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from PySide6.QtCore import QObject, Signal

from lstm_viz.app.cuts import Cuts, added, as_typed, in_use, remembered
from lstm_viz.app.opened import Opened
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.messages import (
    Ablated,
    Arithmetic,
    Edit,
    Explanation,
    Memory,
    ModelName,
    Owed,
    Problem,
    Read,
    Reading,
    Target,
)
from lstm_viz.runs.settings import TUTORIAL, Settings
from lstm_viz.text.cut import Cut, carried, cut_of

#: So many sentences back the state is carried on; what came before them has long been forgotten.
MAX_KEPT = 200


#: What stands beside the heatmaps: the cell at a step, where its memory comes from, what the words gave to a
#: tag, and which units the tag stands on.
Panel = Literal["cell", "memory", "words", "units"]
#: What of a pair of readings the heatmaps show.
Pair = Literal["difference", "both", "first", "second"]
#: By which way what the words gave is drawn over the columns, in the names of `lstm_viz.messages.Owed`.
Attribution = Literal["gradient_input", "integrated", "occlusion"]
#: What is asked of the second engine, by where its answer is in `State`.
Answered = Literal["owed", "ablated", "other"]


@dataclass(frozen=True, slots=True)
class Beside:
    """Another reading that the one in front is compared with."""

    text: str
    model: str
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at.

    ``step`` is the word, ``character`` the place in it where the module reads characters. ``unit`` None
    means the mean over all units. ``caret`` is where somebody types: the step follows it until it is
    stepped elsewhere. ``before`` are the sentences to carry the state on from ("" is the model's own);
    ``kept``, if any, takes their place with the next text. ``alone`` names the one quantity that takes all
    the room, if any. ``tag`` is the tag that is asked about ("": each word's own), ``target`` which number
    of it is explained, ``attribution`` how what the words gave to it is told, ``opened`` the number whose
    arithmetic is open, ``edits`` is what is done to the net by hand, ``beside`` what it is compared with, and
    ``pair`` what is then shown of the two. ``cuts`` are the fixed words of these texts.
    """

    model: str = "tutorial"
    epoch: int | None = None
    text: str = "The dog ate the apple"
    caret: int | None = None
    carry: bool = False
    before: tuple[str, ...] = ("",)
    kept: tuple[str, ...] = ()
    module: str = ""
    layer: int = 0
    direction: int = 0
    step: int = 0
    character: int = -1
    unit: int | None = 0
    inputs_shown: bool = False
    alone: str = ""
    panel: Panel = "cell"
    tag: str = ""
    target: Target = "margin"
    attribution: Attribution = "integrated"
    opened: Opened | None = None
    edits: tuple[Edit, ...] = ()
    beside: Beside | None = None
    pair: Pair = "difference"
    cuts: Cuts = ()
    motion: bool = True
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class TrainingLook:
    """What is looked at on the Training page; its run is the model of `Look`, its epoch that one's epoch.

    ``shown`` tells whether the page is in front. ``compared`` are the run folders laid over the current
    one, ``elsewhere`` those opened from outside of the shelf. ``probe`` is the sentence that is read
    through the epochs (None: the run's own), ``probe_cut`` its fixed words, ``quantity`` what is shown of
    it, of which ``layer`` (None: the top one) and ``direction``. ``smoothing`` is the share of the past in
    the smoothed loss, ``beside`` what the second plot shows, ``tags`` how the tags are shown. ``zoom`` is
    the range of steps that the curves show (None: all there are, however many they become). ``next`` is
    what the next run is trained with, ``recent`` are the corpora that were opened, newest first, and
    ``pace`` is how many steps a second are wished for (None: as many as there can be).
    """

    shown: bool = False
    compared: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    probe: str | None = None
    probe_cut: Cut | None = None
    quantity: str = "c"
    layer: int | None = None
    direction: int = 0
    smoothing: float = 0.9
    log_loss: bool = False
    log_norms: bool = True
    zoom: tuple[float, float] | None = None
    beside: Literal["accuracy", "rate", "norms"] = "accuracy"
    tags: Literal["f1", "confusion"] = "f1"
    next: Settings = TUTORIAL
    recent: tuple[tuple[str, ...], ...] = ()
    pace: float | None = None


class State(QObject):
    """The one state of the window.

    Signals
    -------
    look_changed(new, old)
        Something else is looked at.
    reading_changed(reading)
        The engine has read.
    explanation_changed(explanation)
        The arithmetic of the picked unit at the step.
    arithmetic_changed(arithmetic)
        The arithmetic of the number that is open, if it is no gate.
    memory_changed(memory), owed_changed(owed), ablated_changed(ablated), other_changed(reading)
        Where its memory comes from; what the words gave to the tag; which units it stands on; the reading
        that is compared with. None where there is no answer to what is looked at.
    aside_trouble_changed(problem)
        Something of the last three could not be answered, see `State.trouble_of` (None: nothing is wrong).
    ablation_cancelled()
        What is known of the units so far is enough.
    ablation_repeated()
        It is not enough after all.
    training_changed(new, old)
        Something else is looked at on the Training page.
    models_changed(models), theme_changed(theme), trouble_changed(problem)
        The engine's chooser; the colours; what the engine could not do (None: nothing is wrong).
    """

    look_changed = Signal(object, object)
    training_changed = Signal(object, object)
    reading_changed = Signal(object)
    explanation_changed = Signal(object)
    arithmetic_changed = Signal(object)
    memory_changed = Signal(object)
    owed_changed = Signal(object)
    ablated_changed = Signal(object)
    other_changed = Signal(object)
    ablation_cancelled = Signal()
    ablation_repeated = Signal()
    aside_trouble_changed = Signal(object)
    models_changed = Signal(object)
    theme_changed = Signal(object)
    trouble_changed = Signal(object)

    def __init__(
        self, look: Look | None = None, theme: Theme = DARK, training: TrainingLook | None = None
    ) -> None:
        super().__init__()
        self.look = look or Look()
        self.training = training or TrainingLook()
        self.theme = theme
        self._recent: Cuts = ()
        self.reading: Reading | None = None
        self.edits_read: tuple[Edit, ...] = ()
        self.asked = 0
        self.explanation: Explanation | None = None
        self.arithmetic: Arithmetic | None = None
        self.memory: Memory | None = None
        self.owed: Owed | None = None
        self.ablated: Ablated | None = None
        self.other: Reading | None = None
        self.other_read: Read | None = None
        self._aside_troubles: MappingProxyType[Answered, Problem] = MappingProxyType({})
        self.models: tuple[ModelName, ...] = ()
        self.trouble: Problem | None = None

    # ------------------------------------------------------------ what a person changes

    def change(self, **changes: Any) -> None:
        """Look at something else, for example ``change(unit=3)``."""
        old, look = self.look, replace(self.look, **changes)
        self._recent = remembered(self._recent, look.cuts)
        self.look = replace(look, cuts=in_use(look, old, self._recent))
        if self.look != old:
            self.look_changed.emit(self.look, old)

    def change_training(self, **changes: Any) -> None:
        """Look at something else on the Training page, for example ``change_training(smoothing=0.5)``."""
        old, self.training = self.training, replace(self.training, **changes)
        if self.training != old:
            self.training_changed.emit(self.training, old)

    def type(self, text: str, caret: int) -> None:
        """Take the text as it stands after a keystroke; the step goes to the word at the caret."""
        changes = {"before": self.look.kept, "kept": ()} if text != self.look.text and self.look.kept else {}
        cuts = self._edited(self.look.text, text)
        self.change(text=text, caret=caret, character=-1, cuts=cuts, **changes)

    def open_sentence(self, cut: Cut, **changes: Any) -> None:
        """Read a sentence whose words are known, for example ``open_sentence(cut, step=3)``."""
        cut = as_typed(cut)
        place = {"step": 0, "character": -1, "caret": None}
        self.change(text=cut.text, cuts=added(self.look.cuts, cut), **(place | changes))

    def recut(self, cut: Cut) -> None:
        """Fix words of a text that is selected otherwise; none of them without a token."""
        self._recent = added(self._recent, Cut(cut.text))
        self.change(cuts=added(self.look.cuts, cut))

    def type_beside(self, text: str) -> None:
        """Take the text to compare with as it stands after a keystroke."""
        beside = self.look.beside
        if beside is not None:
            self.change(beside=replace(beside, text=text), cuts=self._edited(beside.text, text))

    def _edited(self, old: str, new: str) -> Cuts:
        """Return the cuts after an edit of a text: words that it did not touch stay fixed.

        A text that was there before (typed back, or by undo) has the words again that it had.
        """
        cuts = self.look.cuts
        known = cut_of(new, (*cuts, *self._recent))
        if known.tokens:
            return added(cuts, known)
        moved = carried(cut_of(old, cuts), new)
        return added(cuts, moved) if moved.tokens else cuts

    def move_caret(self, caret: int) -> None:
        """Go to the word at the caret, which moved through the text as it stands."""
        if self.reading and self.reading.words:
            step = max(0, sum(word.start < caret for word in self.reading.words) - 1)
            self.change(step=step, character=-1, caret=caret)

    def step_to(self, column: int) -> None:
        """Put the playhead on a column of the view: a word, or a character."""
        if self.columns:
            column = max(0, min(column, self.columns - 1))
            place = "character" if self.reads_characters else "step"
            self.change(**{place: column, "caret": None})

    def word_to(self, step: int) -> None:
        """Go to another word, also from within the characters of one."""
        if self.reading and self.reading.words:
            self.change(step=max(0, min(step, len(self.reading.words) - 1)), character=-1, caret=None)

    def pick_model(self, name: str) -> None:
        """Read with another model, from its first module and at its last epoch."""
        if name != self.look.model:
            self.change(model=name, epoch=None, module="", layer=0, direction=0, character=-1, alone="")

    def keep_sentence(self) -> None:
        """Make the sentence as it stands the one before, as soon as another is typed.

        What it was carried on from itself stays before it. No sentence forgets all that was kept: what the
        model read last in training takes its place again.
        """
        look = self.look
        if look.text.strip():
            self.change(kept=((*look.before, look.text) if look.carry else (look.text,))[-MAX_KEPT:])
        else:
            self.change(before=("",), kept=())

    def cancel_ablation(self) -> None:
        """Let what is known so far of the units be all."""
        self.ablation_cancelled.emit()

    def repeat_ablation(self) -> None:
        """Switch the units off again, after it was cancelled."""
        self.ablation_repeated.emit()

    def set_theme(self, theme: Theme) -> None:
        if theme is not self.theme:
            self.theme = theme
            self.theme_changed.emit(theme)

    # ------------------------------------------------------------ what the engine says

    def await_reading(self, number: int) -> None:
        """Know that the question ``number`` is on its way: the reading in front is of something else."""
        self.asked = number

    def take_models(self, models: tuple[ModelName, ...]) -> None:
        self.models = models
        self.models_changed.emit(models)

    def take_reading(self, reading: Reading, edits: tuple[Edit, ...] = ()) -> None:
        """Show a whole answer, read with these ``edits``; what is looked at is clamped to what there is."""
        self.take_trouble(None)
        self.edits_read = edits
        self.reading, self.explanation, self.memory = reading, reading.explanation, reading.memory
        self.arithmetic = None
        self.look = replace(self.look, **_clamped(self.look, reading))
        self.reading_changed.emit(reading)

    def take_explanation(self, explanation: Explanation) -> None:
        """Show the arithmetic of another place in the same reading."""
        if self.reading and explanation.number == self.reading.number:
            self.explanation = explanation
            self.explanation_changed.emit(explanation)

    def take_arithmetic(self, arithmetic: Arithmetic) -> None:
        """Show the arithmetic of a number of the same reading."""
        if self.reading and arithmetic.number == self.reading.number:
            self.arithmetic = arithmetic
            self.arithmetic_changed.emit(arithmetic)

    def take_memory(self, memory: Memory) -> None:
        """Show where the memory at another place in the same reading comes from."""
        if self.reading and memory.number == self.reading.number:
            self.memory = memory
            self.memory_changed.emit(memory)

    def take_owed(self, owed: Owed | None) -> None:
        if owed is not self.owed:
            self.owed = owed
            self.owed_changed.emit(owed)

    def take_ablated(self, ablated: Ablated | None) -> None:
        if ablated is not self.ablated:
            self.ablated = ablated
            self.ablated_changed.emit(ablated)

    def take_other(self, other: Reading | None, read: Read | None = None) -> None:
        """Compare with a reading, the answer to ``read``."""
        if other is not self.other:
            self.other, self.other_read = other, read
            self.other_changed.emit(other)

    def take_aside_trouble(
        self, problem: Problem | None, about: tuple[Answered, ...] = get_args(Answered)
    ) -> None:
        """Know that there is no answer, or that there is one again: what is wrong elsewhere stays wrong."""
        others = {kind: known for kind, known in self._aside_troubles.items() if kind not in about}
        troubles = others if problem is None else others | dict.fromkeys(about, problem)
        if troubles != self._aside_troubles:
            self._aside_troubles = MappingProxyType(troubles)
            self.aside_trouble_changed.emit(self.aside_trouble)

    def take_trouble(self, problem: Problem | None) -> None:
        if problem is not self.trouble:
            self.trouble = problem
            self.trouble_changed.emit(problem)

    # ------------------------------------------------------------ read off

    @property
    def aside_trouble(self) -> Problem | None:
        """What the second engine could not answer, if anything."""
        return next(iter(self._aside_troubles.values()), None)

    def trouble_of(self, kind: Answered) -> Problem | None:
        """Return why one of the second engine's answers is not there."""
        return self._aside_troubles.get(kind)

    @property
    def is_up_to_date(self) -> bool:
        """Whether the reading in front answers what is looked at, and no other is on its way."""
        return self.reading is not None and self.reading.number == self.asked

    @property
    def tag(self) -> str:
        """The tag that is asked about: the word's own where it is none of the model's, "" without words."""
        reading, look = self.reading, self.look
        if reading is None or not reading.words:
            return ""
        own = reading.words[min(look.step, len(reading.words) - 1)].tag
        return look.tag if look.tag in reading.model.tags else own

    @property
    def target(self) -> Target:
        """Which number of the tag is explained: the logit in place of the margin of a single tag."""
        reading, target = self.reading, self.look.target
        is_alone = reading is not None and len(reading.model.tags) == 1
        return "logit" if target == "margin" and is_alone else target

    @property
    def reads_characters(self) -> bool:
        view = self.reading.view if self.reading else None
        return view is not None and view.module.reads == "characters"

    @property
    def columns(self) -> int:
        """How many columns the view has: words, or the characters of the word."""
        view = self.reading.view if self.reading else None
        return len(view.columns) if view else 0

    @property
    def column(self) -> int:
        """The playhead's column, within the view."""
        last = max(0, self.columns - 1)
        if not self.reads_characters:
            return max(0, min(self.look.step, last))
        return self.look.character if 0 <= self.look.character <= last else last


def _clamped(look: Look, reading: Reading) -> dict[str, Any]:
    tag = look.tag if look.tag in reading.model.tags else ""  # another model has other tags
    if reading.view is None:
        return {"tag": tag}
    module = reading.view.module
    return {
        "tag": tag,
        "step": reading.step,
        "epoch": None if look.epoch is None else reading.epoch,
        "module": module.path,
        "layer": reading.view.layer,
        "direction": reading.view.direction,
        "unit": None if look.unit is None else min(look.unit, module.hidden_size - 1),
    }
