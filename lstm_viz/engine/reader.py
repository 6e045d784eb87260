"""Answers questions: which sentence, read by which model, and why each number is what it is."""

from collections.abc import Hashable

import numpy as np
import torch

from lstm_viz.engine import passes
from lstm_viz.engine.arithmetic import gate_sums
from lstm_viz.engine.choosing import choose
from lstm_viz.engine.passes import Pass, State
from lstm_viz.engine.recent import Recent
from lstm_viz.engine.runs import RunModels, run_path
from lstm_viz.engine.trellis import trellis
from lstm_viz.engine.views import describe, view
from lstm_viz.messages import (
    Explain,
    Explanation,
    Floats,
    Model,
    ModelName,
    Read,
    Reading,
    Trellis,
    View,
    Word,
)
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.presets import Preset, PresetError
from lstm_viz.tagging.tokens import Token, first_tokens
from lstm_viz.tracing import Trace, capture

#: A longer text is read up to here; the answer says how many words it had.
MAX_WORDS = 1000


class Reader:
    """Reads sentences with the presets and remembers what the next keystroke will need.

    A pass is kept per (tagger, sentences before), so that one more word costs one step.
    """

    def __init__(self) -> None:
        self._presets: Recent[Preset] = Recent(16)
        self._states: Recent[State | None] = Recent(16)
        self._passes: Recent[Pass] = Recent(16)
        self._latest: tuple[int, Preset, View] | None = None
        self.runs = RunModels()

    def models(self) -> tuple[ModelName, ...]:
        """Return what can be read with, in the order of the chooser."""
        return tuple(ModelName(name, presets.title(name)) for name in presets.names())

    def load(self, name: str, epoch: int | None) -> Preset:
        """Return a model, a preset's last epoch where it has no such; a subclass may have other models."""
        path = run_path(name)
        if path is not None:
            return self.runs.load(path, epoch)
        try:
            return presets.load(name, epoch)
        except PresetError as error:
            if epoch is None or error.kind != "missing":
                raise
            return presets.load(name)

    def read(self, question: Read) -> Reading:
        """Answer a `Read`.

        Raises `lstm_viz.tagging.presets.PresetError` or `lstm_viz.runs.errors.RunError` where the model
        cannot be had.
        """
        preset = self._preset(question.model, question.epoch)
        tokens, total = first_tokens(question.text, MAX_WORDS)
        model, before = _describe(preset), self._before(preset, question)
        if not tokens:
            self._latest = None
            empty = np.zeros((0, len(model.tags)), np.float32)
            return Reading(question.number, model, preset.epoch, before, 0, 0, (), 0, empty, None, None)
        done = self._pass(preset, question.before, tuple(token.text for token in tokens))
        with torch.no_grad():
            given = preset.tagger.scores(done.output)
        scores: Floats = given[:, 0].numpy()
        decoded = trellis(preset.tagger.chain, given)
        step = _step(question, tokens)
        shown = self._view(preset, model, question, done, step)
        self._latest = (question.number, preset, shown)
        column = step if shown.module.reads == "words" else _character(question, shown)
        unit = min(question.unit or 0, shown.module.hidden_size - 1)
        return Reading(
            number=question.number,
            model=model,
            epoch=preset.epoch,
            before=before,
            step=step,
            column=column,
            words=_words(preset, tokens, scores, decoded),
            total_words=total,
            scores=scores,
            view=shown,
            explanation=self.explain(Explain(question.number, column, unit)),
            trellis=decoded,
        )

    def explain(self, question: Explain) -> Explanation | None:
        """Answer an `Explain` about the latest view; None where it is about another, or no place in it."""
        if self._latest is None or self._latest[0] != question.number:
            return None
        _, preset, shown = self._latest
        if not (0 <= question.column < len(shown.columns) and 0 <= question.unit < shown.module.hidden_size):
            return None
        recurrent = preset.tagger.get_submodule(shown.module.path)
        sums = gate_sums(recurrent, shown, question.column, question.unit)  # type: ignore[arg-type]
        return Explanation(question.number, question.column, question.unit, sums)

    def _preset(self, name: str, epoch: int | None) -> Preset:
        """Return a model that is kept; which one of a run, may change while somebody writes it."""
        if run_path(name) is not None:
            return self.load(name, epoch)
        return self._presets.get_or((name, epoch), lambda: self.load(name, epoch))

    def _before(self, preset: Preset, question: Read) -> str | None:
        """Return the sentence whose last state is carried on; None where that is zero all the same."""
        state = self._state(preset, question.before or ())
        if not question.before or state is None or not any(part.any() for part in _parts_of(state)):
            return None
        return question.before[-1] or preset.settings.before

    def _pass(self, preset: Preset, before: tuple[str, ...] | None, words: tuple[str, ...]) -> Pass:
        key = (preset.tagger, before)
        state, known = self._state(preset, before or ()), self._passes.get(key)
        return self._passes.keep(key, passes.read(preset.tagger, words, state, known))

    def _state(self, preset: Preset, before: tuple[str, ...]) -> State | None:
        """Return the state that these sentences leave, read one after the other; None is zero."""

        def key(sentences: int) -> Hashable:
            return preset.tagger, before[:sentences]

        known = next((n for n in range(len(before), 0, -1) if key(n) in self._states), 0)
        state = self._states.keep(key(known), self._states[key(known)]) if known else None
        for n in range(known, len(before)):
            state = self._states.keep(key(n + 1), _state_after(preset, before[n], state))
        return state

    def _view(self, preset: Preset, model: Model, question: Read, done: Pass, step: int) -> View:
        module = next((m for m in model.modules if m.path == question.module), model.modules[0])
        if module.reads == "words":
            trace, columns, parts = done.trace, done.words, preset.tagger.parts
        else:
            trace, columns = _spelled(preset.tagger, module.path, done.words[step])
            parts = (("character", module.input_size),)
        return view(trace, module, question.layer, question.direction, columns=columns, parts=parts)


def _state_after(preset: Preset, text: str, start: State | None) -> State | None:
    """Return the state after one more sentence; "" is the one that the model read last in training."""
    if not text and preset.state is not None:
        return preset.state
    tokens, _ = first_tokens(text or preset.settings.before or "", MAX_WORDS)
    words = tuple(token.text for token in tokens)
    return passes.last_state(preset.tagger, words, start) if words else start


def _spelled(tagger: WordTagger, path: str, word: str) -> tuple[Trace, tuple[str, ...]]:
    """Return what the character net at ``path`` computed over one word, and the characters it read."""
    with torch.no_grad(), capture(tagger.get_submodule(path)) as captured:
        tagger.inputs((word,))
    trace = captured[""]
    return trace, tuple(word[: trace.steps])


def _parts_of(state: State) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def _step(question: Read, tokens: list[Token]) -> int:
    """Return the word at the caret, else the one that was asked for, else the last."""
    if question.caret is None:
        return max(0, min(question.step, len(tokens) - 1))
    return max(0, sum(token.start < question.caret for token in tokens) - 1)


def _character(question: Read, shown: View) -> int:
    last = len(shown.columns) - 1
    return question.character if 0 <= question.character < last else last


def _describe(preset: Preset) -> Model:
    settings, tagger = preset.settings, preset.tagger
    return Model(
        name=preset.name,
        title=settings.title,
        about=settings.about,
        home=settings.home,
        tags=tuple(settings.tags),
        epochs=tuple(settings.epochs),
        modules=tuple(
            describe(path, tagger.get_submodule(path), reads)  # type: ignore[arg-type]
            for path, reads in tagger.recurrent_modules().items()
        ),
    )


def _words(preset: Preset, tokens: list[Token], scores: Floats, decoded: Trellis | None) -> tuple[Word, ...]:
    """Return the words with their tags; what is not a number gives no tag, rather than the first."""
    known, (tags, probabilities) = preset.tagger.words, choose(preset, scores, decoded)
    return tuple(
        Word(token.text, token.start, token.end, token.text in known, tag, probability)
        for token, tag, probability in zip(tokens, tags, probabilities.tolist(), strict=True)
    )
