"""Computes readings, and the results of queries about the current one."""

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict
from weakref import ref

import msgspec
import numpy as np
import torch

from lstm_viz import heap
from lstm_viz.analysis.unrolled import Interventions
from lstm_viz.cells import KINDS
from lstm_viz.engine import forward_pass, model_pass
from lstm_viz.engine.cache import Cache
from lstm_viz.engine.current_reading import CurrentReading, version_of
from lstm_viz.engine.edit_resolution import MOST_SWAPS
from lstm_viz.engine.edited_calls import edited_run
from lstm_viz.engine.extremes import extremes_of
from lstm_viz.engine.files import FileModels
from lstm_viz.engine.forward_pass import ForwardPass
from lstm_viz.engine.intervened_pass import IntervenedPass, Proof, prove, stepped
from lstm_viz.engine.interventions import Other, interventions_of
from lstm_viz.engine.model_pass import ModelPass
from lstm_viz.engine.predictions import Choice, choose
from lstm_viz.engine.reading_parts import model_of, tagged
from lstm_viz.engine.runs import RunModels
from lstm_viz.engine.trellis import trellis
from lstm_viz.engine.view_proof import largest_error
from lstm_viz.engine.views import describe, place_in, view
from lstm_viz.errors import CodedText
from lstm_viz.messages import (
    Arithmetic,
    ArithmeticQuery,
    CallShape,
    Decomposition,
    DecompositionQuery,
    Extremes,
    ExtremesQuery,
    Floats,
    GateArithmetic,
    GateQuery,
    ModelName,
    Reading,
    ReadQuery,
    ResolvedEdit,
    Trellis,
    View,
)
from lstm_viz.subjects.errors import InvalidInputError, UnknownSubjectError
from lstm_viz.subjects.module import AnySubject, ModuleSubject
from lstm_viz.subjects.subject import (
    Recurrent,
    SequentialSubject,
    State,
    explained_module,
    has_weights,
    main_module,
    output_names,
    recurrent_at,
)
from lstm_viz.subjects.tagger import load_preset, preset_titles
from lstm_viz.subjects.traces import TraceSubject
from lstm_viz.subjects.whole import WholeSubject
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import tokenized_text_of
from lstm_viz.tracing import Trace
from lstm_viz.tracing.portable import as_array
from lstm_viz.uris import file_path, preset_name, run_path

#: A longer text is truncated; the reading has the total number of its words.
MAX_WORDS = 1000
#: The numbers in a reading of a model as a whole; twice as many in float64, with edits, fit into a message.
_MOST_NUMBERS = 12_000_000
_PRESETS_BYTES = 64 << 20
_PASSES_BYTES = 64 << 20  # a pass over 1,000 words by 2 layers of 512 units takes 25 MB
_STATES_BYTES = 16 << 20
_CUT_BYTES = 16 << 20

_NO_INTERVENTIONS: Interventions = {}

#: The words of the context sentences, None for the last one of the training.
Before = tuple[tuple[str, ...] | None, ...]
#: A forward pass of a subject, column by column or as a whole.
AnyPass = ForwardPass | ModelPass


@dataclass(frozen=True, slots=True)
class ForwardInput:
    """The input of a forward pass: the tokens, the subject, the initial state and the interventions.

    ``version`` is that of the weights before the pass. ``explained`` is the selected recurrent module, or the
    first where that reads within a word; ``layer`` and ``direction`` are its own. ``step`` is the selected
    word. The clamps, by module, are (T, 1, H); ``resolved`` has the words to which each edit applies, and
    ``skipped`` why parts of the text are no tokens.
    """

    subject: AnySubject
    version: Hashable
    text: str
    tokens: tuple[Token, ...]
    total: int
    step: int
    explained: Recurrent
    layer: int
    direction: int
    before: Before
    state: State | None
    by_module: Mapping[str, Interventions]
    resolved: tuple[ResolvedEdit, ...] = ()
    skipped: tuple[CodedText, ...] = ()

    @property
    def interventions(self) -> Interventions:
        """The interventions on the explained module."""
        return self.by_module.get(self.explained.path, _NO_INTERVENTIONS)

    @property
    def words(self) -> tuple[str, ...]:
        return _texts(self.tokens)


class Reader:
    """Computes readings with presets and runs, and caches what the next keystroke will need.

    A forward pass is cached per (model, context), so that one more word costs one step. No cached pass keeps
    a model alive.

    Parameters
    ----------
    subjects : sequence of subjects
        Further ones, which come first in the chooser.
    """

    def __init__(self, subjects: Sequence[AnySubject] = ()) -> None:
        self._given = {subject.identity.uri: subject for subject in subjects}
        self._presets: Cache[AnySubject] = Cache(_PRESETS_BYTES, 16)
        self._states: Cache[State | None] = Cache(_STATES_BYTES, 16)
        self._passes: Cache[ForwardPass] = Cache(_PASSES_BYTES, 16)
        self._proofs: Cache[Proof] = Cache(_STATES_BYTES, 16)
        self._edited_passes: Cache[IntervenedPass] = Cache(_PASSES_BYTES, 16)
        self._others: Cache[Mapping[str, Trace]] = Cache(_PASSES_BYTES, MOST_SWAPS)
        self._segmented: Cache[tuple[str, ...]] = Cache(_CUT_BYTES, 512)
        self._latest: CurrentReading | None = None
        self.runs, self.files = RunModels(), FileModels()

    def clear(self) -> None:
        """Clear all caches; the current reading is kept."""
        for attribute in vars(self).values():
            if isinstance(attribute, Cache):
                attribute.clear()
        self.runs.clear()
        self.files.clear()

    def models(self) -> tuple[ModelName, ...]:
        """Return the available models, in the order of the chooser."""
        given = [(uri, subject.identity.title) for uri, subject in self._given.items()]
        return tuple(ModelName(uri, title) for uri, title in (*given, *preset_titles()))

    def load(self, uri: str, epoch: int | None) -> AnySubject:
        """Return a subject at an epoch (None: the last); a subclass may have others.

        Raises a `lstm_viz.errors.CodedError` where it cannot be loaded, or there is no such subject.
        """
        if uri in self._given:
            return self._given[uri]
        run, file, preset = run_path(uri), file_path(uri), preset_name(uri)
        if run is not None:
            return self.runs.load(run, epoch)
        if file is not None:
            return self.files.load(file)
        if preset is None:
            raise UnknownSubjectError("subject_unknown", uri=uri)
        return load_preset(preset, epoch)

    def read(self, query: ReadQuery, number: int) -> Reading:
        """Return the result of the `ReadQuery` of the request ``number``.

        Raises a `lstm_viz.errors.CodedError` where the model cannot be loaded.
        """
        sentence = self.sentence(query)
        if not sentence.tokens:
            self._latest = None
            return self._empty(query, number, sentence)
        done = self._pass(sentence)
        if not sentence.by_module:
            return self._reading(query, number, sentence, done)
        bare = msgspec.structs.replace(query, edits=(), decomposition=False)
        bare_sentence = dataclasses.replace(sentence, by_module={}, resolved=())
        unedited = self._reading(bare, number, bare_sentence, done)
        reading = self._reading(query, number, sentence, self._edited(sentence, done))
        return msgspec.structs.replace(reading, unedited=unedited)

    def sentence(self, query: ReadQuery) -> ForwardInput:
        """Return the input of the forward pass of a `ReadQuery`; raises as `read` does."""
        subject = self._subject(query.model, query.epoch)
        if isinstance(subject, TraceSubject):
            subject = subject.section(query.text, query.first)
        version = version_of(subject)
        tokens, total, skipped = subject.columns(query.text, query.tokenized_texts, MAX_WORDS)
        _check_length(subject, len(tokens))
        before = self._words_before(subject, query)
        state, words = self._state(subject, before), _texts(tokens)

        def other(text: str) -> Other:
            return self._other(subject, text, before, self._words(subject, text, query))

        by_module, resolved = (
            interventions_of(query.edits, subject.recurrents, words, other)
            if has_weights(subject)
            else ({}, tuple(ResolvedEdit(unresolved="model") for _ in query.edits))
        )
        explained = explained_module(subject, query.module)
        layer, direction = place_in(describe(explained), query.layer, query.direction)
        return ForwardInput(
            subject=subject,
            version=version,
            text=query.text,
            tokens=tokens,
            total=total,
            step=_step(query, tokens),
            explained=explained,
            layer=layer,
            direction=direction,
            before=before,
            state=state,
            by_module=by_module,
            resolved=resolved,
            skipped=skipped,
        )

    def decompose(self, query: DecompositionQuery) -> Decomposition | None:
        """Return the result of a `DecompositionQuery`; None for another view or column, and for an RNN."""
        return self._latest.decompose(query) if self._latest else None

    def gate_arithmetic(self, query: GateQuery) -> GateArithmetic | None:
        """Return the result of a `GateQuery`; None for another view or an index out of range."""
        return self._latest.gate_arithmetic(query) if self._latest else None

    def arithmetic(self, query: ArithmeticQuery) -> Arithmetic | None:
        """Return the result of an `ArithmeticQuery`; None unless it is about the current reading."""
        return self._latest.arithmetic(query) if self._latest else None

    def extremes(self, query: ExtremesQuery) -> Extremes | None:
        """Return the result of an `ExtremesQuery`; None unless it is about a trace."""
        subject = self._subject(query.read.model, query.read.epoch)
        return extremes_of(query, subject) if isinstance(subject, TraceSubject) else None

    def _empty(self, query: ReadQuery, number: int, sentence: ForwardInput) -> Reading:
        model, before = model_of(sentence.subject), _text_before(sentence, query)
        scores = np.zeros((0, len(model.tags)), np.float32)
        return Reading(
            number=number,
            model=model,
            epoch=sentence.subject.identity.epoch,
            before=before,
            step=0,
            column=0,
            words=(),
            total_words=0,
            scores=scores,
            view=None,
            gate_arithmetic=None,
            resolved_edits=sentence.resolved,
            skipped=sentence.skipped,
        )

    def _reading(self, query: ReadQuery, number: int, sentence: ForwardInput, done: AnyPass) -> Reading:
        """Return the reading of the pass ``done``, and make it the current one for later queries."""
        subject, step = sentence.subject, sentence.step
        scores, decoded, choice = _predicted(subject, done)
        model, shown = model_of(subject), self._view(sentence, query, done)
        reads_words = not shown.module.own_columns
        interventions = sentence.by_module.get(shown.module.path, _NO_INTERVENTIONS)
        clamps = interventions.get((shown.layer, shown.direction), {})
        self._latest = latest = CurrentReading(
            number=number,
            subject=subject,
            version=sentence.version,
            text=sentence.text,
            view=shown,
            output=done.output[:, 0] if isinstance(done, ForwardPass) else None,
            scores=scores,
            decoded=decoded,
            interventions=interventions,
            clamps=clamps,
        )
        column = step if reads_words else _character(query, shown)
        unit = max(0, min(query.unit or 0, shown.module.hidden_size - 1))
        return Reading(
            number=number,
            model=model,
            epoch=subject.identity.epoch,
            before=_text_before(sentence, query),
            step=step,
            column=column,
            words=tagged(
                subject, sentence.tokens, choice, tokenized_text_of(query.text, query.tokenized_texts)
            ),
            total_words=sentence.total,
            scores=scores,
            view=shown,
            gate_arithmetic=latest.gate_arithmetic_at(column, unit),
            trellis=decoded,
            decomposition=self._decomposition(query, number, column, unit),
            resolved_edits=sentence.resolved,
            skipped=sentence.skipped,
            **_given_with(sentence),
        )

    def _decomposition(self, query: ReadQuery, number: int, column: int, unit: int) -> Decomposition | None:
        if not query.decomposition:
            return None
        return self.decompose(DecompositionQuery(number, column, None if query.unit is None else unit))

    def _subject(self, uri: str, epoch: int | None) -> AnySubject:
        """Return a subject from the cache; a preset without this epoch is returned at its last one.

        For a run, the nearest or newest epoch may change while the run is written; a file may change, too.
        """
        if uri in self._given or (run_path(uri) or file_path(uri)) is not None:
            return self.load(uri, epoch)
        last = self._presets.get_or((uri, None), lambda: self._loaded(uri, None))
        # the epoch may belong to another model: do not cache the same weights twice
        if epoch is None or epoch not in last.identity.epochs[:-1]:
            return last
        return self._presets.get_or((uri, epoch), lambda: self._loaded(uri, epoch))

    def _loaded(self, uri: str, epoch: int | None) -> AnySubject:
        """Load a preset and trim the heap: its file and the decoded text take several times its size."""
        subject = self.load(uri, epoch)
        heap.trim()
        return subject

    def _words_before(self, subject: AnySubject, query: ReadQuery) -> Before:
        """Return the words of the context sentences; a model as a whole has none."""
        texts = () if isinstance(subject, WholeSubject) else query.before or ()
        return tuple(self._words(subject, text, query) if text else None for text in texts)

    def _words(self, subject: AnySubject, text: str, query: ReadQuery) -> tuple[str, ...]:
        """Return the words of another text of the query; it is segmented once, not at every keystroke."""
        key = subject.rules, tokenized_text_of(text, query.tokenized_texts)
        return self._segmented.get_or(
            key, lambda: subject.columns(text, query.tokenized_texts, MAX_WORDS).texts
        )

    def _pass(self, sentence: ForwardInput) -> AnyPass:
        subject, before = sentence.subject, sentence.before
        if isinstance(subject, WholeSubject):
            return model_pass.read(subject, sentence.text)
        key = (_key(subject), before)
        state, known = self._state(subject, before), self._passes.get(key)
        return self._passes.keep(key, forward_pass.read(subject, sentence.words, state, known))

    def _other(self, subject: AnySubject, text: str, before: Before, words: tuple[str, ...]) -> Other:
        """Return another sentence and its traces from the same initial state; no traces without words."""
        if not words:
            return Other((), {})
        if isinstance(subject, WholeSubject):
            return Other(words, model_pass.read(subject, text).traces)
        state, key, path = (
            self._state(subject, before),
            (_key(subject), before, words),
            subject.recurrents[0].path,
        )
        known = self._others.get_or(key, lambda: {path: forward_pass.read(subject, words, state, None).trace})
        return Other(words, known)

    def _edited(self, sentence: ForwardInput, done: AnyPass) -> AnyPass:
        """Return the pass with the sentence's interventions; that of a tagger and its proof are cached."""
        subject = sentence.subject
        if isinstance(subject, WholeSubject):
            assert isinstance(done, ModelPass)
            return model_pass.read_stepped(subject, sentence.text, done, sentence.by_module)
        assert isinstance(done, ForwardPass)
        net, state = main_module(subject), sentence.state
        key = (_key(subject), sentence.before)
        proof = self._proofs.keep(key, prove(net, done, state, self._proofs.get(key)))
        known = self._edited_passes.get(key)
        edited = stepped(net, done, state, sentence.interventions, proof=proof, known=known)
        return self._edited_passes.keep(key, edited).done

    def _state(self, subject: AnySubject, before: Before) -> State | None:
        """Return the final state after the context sentences, read in order; None is zero."""
        if isinstance(subject, WholeSubject):
            return None

        def key(sentences: int) -> Hashable:
            return _key(subject), before[:sentences]

        known = next((n for n in range(len(before), 0, -1) if key(n) in self._states), 0)
        state = self._states.keep(key(known), self._states.get(key(known))) if known else None
        for n in range(known, len(before)):
            state = self._states.keep(key(n + 1), _state_after(subject, before[n], state))
        return state

    def _view(self, sentence: ForwardInput, query: ReadQuery, done: AnyPass) -> View:
        shown = recurrent_at(sentence.subject, query.module)
        trace, columns = _columns_of(sentence, shown, done)
        resets = done.resets.get(shown.path, {}) if isinstance(done, ModelPass) else {}
        found = view(
            trace,
            describe(shown),
            query.layer,
            query.direction,
            columns=columns,
            parts=shown.parts,
            sequence=_sequence_of(sentence, shown),
            first=_first_of(sentence.subject),
            resets=resets,
            call=_call_of(sentence, shown, trace),
        )
        if not isinstance(sentence.subject, TraceSubject):
            return found
        # what a file says of itself is proven as far as it can be
        return msgspec.structs.replace(found, max_error=max(found.max_error, largest_error(found)))


def _call_of(sentence: ForwardInput, shown: Recurrent, trace: Trace) -> CallShape | None:
    """Return the shape of the call of a module: for a tagger of one sentence; None where not known."""
    subject = sentence.subject
    if not isinstance(subject, WholeSubject):
        return CallShape((trace.steps,))
    form = subject.read(sentence.text).forms.get(shown.path)
    return None if form is None else CallShape(*form)


def _sequence_of(sentence: ForwardInput, shown: Recurrent) -> int | None:
    """Return the index of the sequence in the batch that a module reads; None where each call is another."""
    subject = sentence.subject
    if not isinstance(subject, WholeSubject):
        return 0
    return None if shown.own_columns else subject.read(sentence.text).axes.sequence


def _first_of(subject: AnySubject) -> int:
    """Return the index of the first column that is read: that of a section of a trace."""
    return subject.first if isinstance(subject, TraceSubject) else 0


def _columns_of(sentence: ForwardInput, shown: Recurrent, done: AnyPass) -> tuple[Trace, tuple[str, ...]]:
    """Return the trace of a module and its columns."""
    subject, path, step = sentence.subject, shown.path, sentence.step
    if isinstance(subject, WholeSubject):
        assert isinstance(done, ModelPass)
        text, edits = sentence.text, sentence.by_module
        run = subject.read(text)
        if edits and shown.own_columns and isinstance(subject, ModuleSubject):
            run = edited_run(subject, text, edits)
        return done.traces.get(path) or run.trace(path, step), run.columns(path, step)
    assert isinstance(done, ForwardPass)
    return subject.trace_within(path, done.words[step]) if shown.own_columns else (done.trace, done.words)


def _check_length(subject: AnySubject, columns: int) -> None:
    """Raise `InvalidInputError` for an input of a model as a whole whose reading would be no message."""
    if not isinstance(subject, WholeSubject):
        return
    readout = subject.readout
    most = _MOST_NUMBERS // (max(map(_width, subject.recurrents)) + len(readout.names if readout else ()))
    if columns > most:
        raise InvalidInputError("input_too_long", columns=columns, most=most)


def _width(recurrent: Recurrent) -> int:
    """Return how many numbers a column has in the view of a module."""
    net = recurrent.module
    x = max(net.input_size, (1 + net.bidirectional) * net.hidden_size)  # an upper layer reads the one below
    return len(KINDS[net.mode].order) * net.hidden_size + x


def _key(subject: SequentialSubject) -> Hashable:
    """Return a key for results that depend on the weights; it does not keep them alive."""
    return ref(main_module(subject))


def _predicted(subject: AnySubject, done: AnyPass) -> tuple[Floats, Trellis | None, Choice]:
    """Return the scores (T, K), their decoding and the predicted tags; no scores without classes."""
    if isinstance(subject, WholeSubject):
        assert isinstance(done, ModelPass)
        return model_pass.scores_of(subject, done)
    assert isinstance(done, ForwardPass)
    readout, output = subject.readout, done.output
    if readout is None or not output_names(subject):
        return np.zeros((len(output), 0), np.float32), None, Choice(("",) * len(output), np.ones(len(output)))
    with torch.no_grad():
        scores = readout.scores(output)
    decoded = trellis(readout.chain, scores)
    each: Floats = scores[:, 0].numpy()
    return each, decoded, choose(readout, each, decoded)


class _GivenWith(TypedDict, total=False):
    """Fields of a `Reading` that come with the input of a model as a whole."""

    targets: Floats | None
    features: Floats | None
    padding: int


def _given_with(sentence: ForwardInput) -> _GivenWith:
    if not isinstance(sentence.subject, ModuleSubject):
        return {}
    run = sentence.subject.read(sentence.text)
    targets, features = (None if one is None else as_array(one) for one in (run.targets, run.features))
    return {"targets": targets, "features": features, "padding": max(run.axes.lengths) - run.axes.length}


def _text_before(sentence: ForwardInput, query: ReadQuery) -> str | None:
    """Return the sentence whose final state is the initial state; None where that is zero."""
    state = sentence.state
    if not query.before or state is None or not any(part.any() for part in _parts_of(state)):
        return None
    return query.before[-1] or sentence.subject.identity.before


def _state_after(
    subject: SequentialSubject, words: tuple[str, ...] | None, start: State | None
) -> State | None:
    """Return the state after one more sentence; ``words`` None is the last sentence of the training."""
    if words is None and subject.state is not None:
        return subject.state
    if words is None:
        words = subject.columns(subject.identity.before or "", (), MAX_WORDS).texts
    return forward_pass.last_state(subject, words, start) if words else start


def _parts_of(state: State) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def _texts(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    return tuple(token.text for token in tokens)


def _step(query: ReadQuery, tokens: tuple[Token, ...]) -> int:
    """Return the index of the word at the caret; without a caret that of the query, at most the last."""
    if query.caret is None:
        return max(0, min(query.step, len(tokens) - 1))
    return max(0, sum(token.start < query.caret for token in tokens) - 1)


def _character(query: ReadQuery, shown: View) -> int:
    last = len(shown.columns) - 1
    return query.character if 0 <= query.character < last else last
