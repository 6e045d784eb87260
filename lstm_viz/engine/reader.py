"""Answers questions: which sentence, read by which model, and why each number is what it is."""

import dataclasses
from collections.abc import Hashable
from dataclasses import dataclass
from weakref import ref

import msgspec
import numpy as np
import torch

from lstm_viz import heap
from lstm_viz.analysis.unrolled import Hands
from lstm_viz.engine import passes
from lstm_viz.engine.landing import MOST_SWAPS
from lstm_viz.engine.latest import Latest
from lstm_viz.engine.passes import Pass, State
from lstm_viz.engine.recent import Recent
from lstm_viz.engine.runs import RunModels, run_path
from lstm_viz.engine.segmenting import first_tokens, first_words
from lstm_viz.engine.stepping import Edited, Proof, prove, stepped
from lstm_viz.engine.telling import model_of, spelled, tagged
from lstm_viz.engine.trellis import trellis
from lstm_viz.engine.views import describe, place_in, view
from lstm_viz.engine.whatif import Other, hands_of
from lstm_viz.messages import (
    Arithmetic,
    ArithmeticQuery,
    Explain,
    Explanation,
    Floats,
    Landed,
    Memory,
    Model,
    ModelName,
    Read,
    Reading,
    Remember,
    View,
)
from lstm_viz.tagging import presets
from lstm_viz.tagging.presets import Preset
from lstm_viz.text.cut import cut_of
from lstm_viz.text.token import Token
from lstm_viz.tracing import Trace

#: A longer text is read up to here; the answer says how many words it had.
MAX_WORDS = 1000
_PRESETS_BYTES = 64 << 20
_PASSES_BYTES = 64 << 20  # a pass over 1,000 words by 2 layers of 512 units takes 25 MB
_STATES_BYTES = 16 << 20
_CUT_BYTES = 16 << 20

#: The words of the sentences before, None for the one that the model read last in training.
Before = tuple[tuple[str, ...] | None, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence about to be read: by which tagger, from which state, at which word, and in whose hands.

    ``layer`` and ``direction`` are those of the net that reads words. The grips of the hands are (T, 1, H);
    ``landed`` says of each edit where it holds.
    """

    preset: Preset
    tokens: tuple[Token, ...]
    total: int
    step: int
    layer: int
    direction: int
    before: Before
    state: State | None
    hands: Hands
    landed: tuple[Landed, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return _texts(self.tokens)


class Reader:
    """Reads sentences with the presets and remembers what the next keystroke will need.

    A pass is kept per (tagger, sentences before), so that one more word costs one step. No pass keeps a
    tagger alive.
    """

    def __init__(self) -> None:
        self._presets: Recent[Preset] = Recent(_PRESETS_BYTES, 16)
        self._states: Recent[State | None] = Recent(_STATES_BYTES, 16)
        self._passes: Recent[Pass] = Recent(_PASSES_BYTES, 16)
        self._proofs: Recent[Proof] = Recent(_STATES_BYTES, 16)
        self._edited_passes: Recent[Edited] = Recent(_PASSES_BYTES, 16)
        self._others: Recent[Trace] = Recent(_PASSES_BYTES, MOST_SWAPS)
        self._cut: Recent[tuple[str, ...]] = Recent(_CUT_BYTES, 512)
        self._latest: Latest | None = None
        self.runs = RunModels()

    def forget(self) -> None:
        """Let go of all that is kept for later questions; the reading in front stays."""
        for kept in vars(self).values():
            if isinstance(kept, Recent):
                kept.clear()
        self.runs.forget()

    def models(self) -> tuple[ModelName, ...]:
        """Return what can be read with, in the order of the chooser."""
        return tuple(ModelName(name, presets.title(name)) for name in presets.names())

    def load(self, name: str, epoch: int | None) -> Preset:
        """Return a model at an epoch, None being the last; a subclass may have other models."""
        path = run_path(name)
        return presets.load(name, epoch) if path is None else self.runs.load(path, epoch)

    def read(self, question: Read) -> Reading:
        """Answer a `Read`.

        Raises `lstm_viz.tagging.presets.PresetError` or `lstm_viz.runs.errors.RunError` where the model
        cannot be had.
        """
        sentence = self.sentence(question)
        if not sentence.tokens:
            self._latest = None
            return self._empty(question, sentence)
        done = self._pass(sentence.preset, sentence.before, sentence.words)
        if not sentence.hands:
            return self._reading(question, sentence, done)
        bare = msgspec.structs.replace(question, edits=(), memory=False)
        unedited = self._reading(bare, dataclasses.replace(sentence, hands={}, landed=()), done)
        reading = self._reading(question, sentence, self._edited(sentence, done))
        return msgspec.structs.replace(reading, unedited=unedited)

    def sentence(self, question: Read) -> Sentence:
        """Return what a `Read` is about, for whoever asks more of it; raises as `read` does."""
        preset = self._preset(question.model, question.epoch)
        tokens, total = first_tokens(preset, question.text, question.cuts, MAX_WORDS)
        before = self._words_before(preset, question)
        state, words = self._state(preset, before), _texts(tokens)
        net = preset.tagger.recurrent

        def other(text: str) -> Other:
            return self._other(preset, before, self._words(preset, text, question))

        hands, landed = hands_of(question.edits, net, words, other)
        place = place_in(describe("recurrent", net, "words"), question.layer, question.direction)
        return Sentence(preset, tokens, total, _step(question, tokens), *place, before, state, hands, landed)

    def remember(self, question: Remember) -> Memory | None:
        """Answer a `Remember` about the latest view; None where it is about another, or no place in it.

        None of an RNN, too.
        """
        return self._latest.remember(question) if self._latest else None

    def explain(self, question: Explain) -> Explanation | None:
        """Answer an `Explain` about the latest view; None where it is about another, or no place in it."""
        return self._latest.explain(question) if self._latest else None

    def arithmetic(self, question: ArithmeticQuery) -> Arithmetic | None:
        """Answer a query for arithmetic about the latest reading; None where it is about another."""
        return self._latest.arithmetic(question) if self._latest else None

    def _empty(self, question: Read, sentence: Sentence) -> Reading:
        model, before = model_of(sentence.preset), _text_before(sentence, question)
        scores = np.zeros((0, len(model.tags)), np.float32)
        return Reading(
            number=question.number,
            model=model,
            epoch=sentence.preset.epoch,
            before=before,
            step=0,
            column=0,
            words=(),
            total_words=0,
            scores=scores,
            view=None,
            explanation=None,
            landed=sentence.landed,
        )

    def _reading(self, question: Read, sentence: Sentence, done: Pass) -> Reading:
        """Return what ``done`` comes to, and put it in front: what more is asked is asked about this."""
        preset, step = sentence.preset, sentence.step
        with torch.no_grad():
            given = preset.tagger.scores(done.output)
        scores: Floats = given[:, 0].numpy()
        decoded, model = trellis(preset.tagger.chain, given), model_of(preset)
        shown = self._view(preset, model, question, done, step)
        reads_words = shown.module.reads == "words"
        grips = sentence.hands.get((shown.layer, shown.direction), {}) if reads_words else {}
        self._latest = Latest(
            question.number, preset, shown, done.output[:, 0], scores, decoded, sentence.hands, grips
        )
        column = step if reads_words else _character(question, shown)
        unit = max(0, min(question.unit or 0, shown.module.hidden_size - 1))
        return Reading(
            number=question.number,
            model=model,
            epoch=preset.epoch,
            before=_text_before(sentence, question),
            step=step,
            column=column,
            words=tagged(preset, sentence.tokens, scores, decoded, cut_of(question.text, question.cuts)),
            total_words=sentence.total,
            scores=scores,
            view=shown,
            explanation=self.explain(Explain(question.number, column, unit)),
            trellis=decoded,
            memory=self._memory(question, column, unit),
            landed=sentence.landed,
        )

    def _memory(self, question: Read, column: int, unit: int) -> Memory | None:
        picked = None if question.unit is None else unit
        return self.remember(Remember(question.number, column, picked)) if question.memory else None

    def _preset(self, name: str, epoch: int | None) -> Preset:
        """Return a model that is kept, a preset's last epoch where it has no such.

        Which one of a run is meant, may change while the run is written.
        """
        if run_path(name) is not None:
            return self.load(name, epoch)
        last = self._presets.get_or((name, None), lambda: self._loaded(name, None))
        # an epoch that another model has is no reason to keep the same weights twice
        if epoch is None or epoch not in last.settings.epochs[:-1]:
            return last
        return self._presets.get_or((name, epoch), lambda: self._loaded(name, epoch))

    def _loaded(self, name: str, epoch: int | None) -> Preset:
        """Load a preset; its file and the decoded text of it leave several times its size behind."""
        preset = self.load(name, epoch)
        heap.trim()
        return preset

    def _words_before(self, preset: Preset, question: Read) -> Before:
        """Return the words of the sentences before."""
        texts = question.before or ()
        return tuple(self._words(preset, text, question) if text else None for text in texts)

    def _words(self, preset: Preset, text: str, question: Read) -> tuple[str, ...]:
        """Return the words of another text of the question; it is cut once, not at every key."""
        key = preset.segmentation, cut_of(text, question.cuts)
        return self._cut.get_or(key, lambda: first_words(preset, text, question.cuts, MAX_WORDS))

    def _pass(self, preset: Preset, before: Before, words: tuple[str, ...]) -> Pass:
        key = (ref(preset.tagger), before)
        state, known = self._state(preset, before), self._passes.get(key)
        return self._passes.keep(key, passes.read(preset.tagger, words, state, known))

    def _other(self, preset: Preset, before: Before, words: tuple[str, ...]) -> Other:
        """Return another sentence, and what it computes from the same initial state if it has a word."""
        if not words:
            return Other((), None)
        tagger, state = preset.tagger, self._state(preset, before)
        key = ref(tagger), before, words
        return Other(words, self._others.get_or(key, lambda: passes.read(tagger, words, state, None).trace))

    def _edited(self, sentence: Sentence, done: Pass) -> Pass:
        """Return the pass with the net in the sentence's hands; it and the proof are kept as passes are."""
        tagger, state = sentence.preset.tagger, sentence.state
        key = (ref(tagger), sentence.before)
        proof = self._proofs.keep(key, prove(tagger.recurrent, done, state, self._proofs.get(key)))
        known = self._edited_passes.get(key)
        edited = stepped(tagger.recurrent, done, state, sentence.hands, proof=proof, known=known)
        return self._edited_passes.keep(key, edited).done

    def _state(self, preset: Preset, before: Before) -> State | None:
        """Return the state that these sentences leave, read one after the other; None is zero."""

        def key(sentences: int) -> Hashable:
            return ref(preset.tagger), before[:sentences]

        known = next((n for n in range(len(before), 0, -1) if key(n) in self._states), 0)
        state = self._states.keep(key(known), self._states.get(key(known))) if known else None
        for n in range(known, len(before)):
            state = self._states.keep(key(n + 1), _state_after(preset, before[n], state))
        return state

    def _view(self, preset: Preset, model: Model, question: Read, done: Pass, step: int) -> View:
        module = next((m for m in model.modules if m.path == question.module), model.modules[0])
        if module.reads == "words":
            trace, columns, parts = done.trace, done.words, preset.tagger.parts
        else:
            trace, columns = spelled(preset.tagger, module.path, done.words[step])
            parts = (("character", module.input_size),)
        return view(trace, module, question.layer, question.direction, columns=columns, parts=parts)


def _text_before(sentence: Sentence, question: Read) -> str | None:
    """Return the sentence whose last state is carried on; None where that is zero all the same."""
    state = sentence.state
    if not question.before or state is None or not any(part.any() for part in _parts_of(state)):
        return None
    return question.before[-1] or sentence.preset.settings.before


def _state_after(preset: Preset, words: tuple[str, ...] | None, start: State | None) -> State | None:
    """Return the state after one more sentence; None is the one that the model read last in training."""
    if words is None and preset.state is not None:
        return preset.state
    if words is None:
        words = first_words(preset, preset.settings.before or "", (), MAX_WORDS)
    return passes.last_state(preset.tagger, words, start) if words else start


def _parts_of(state: State) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def _texts(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    return tuple(token.text for token in tokens)


def _step(question: Read, tokens: tuple[Token, ...]) -> int:
    """Return the word at the caret, else the one that was asked for, else the last."""
    if question.caret is None:
        return max(0, min(question.step, len(tokens) - 1))
    return max(0, sum(token.start < question.caret for token in tokens) - 1)


def _character(question: Read, shown: View) -> int:
    last = len(shown.columns) - 1
    return question.character if 0 <= question.character < last else last
