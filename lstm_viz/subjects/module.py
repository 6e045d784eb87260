"""Any ``nn.Module`` with recurrent parts as a subject: a user's own model, in its own process.

The model is called as its author calls it, under `lstm_viz.capture`. Which recurrent modules there are, their
sizes, and what their inputs are made of follows from the captured call; what the model predicts, from what
``decode`` returns.

Shapes: T columns, B sequences of a batch, L layers, D directions, H units, I inputs, K outputs; R rows of
outputs, one for each column or one for the input.
"""

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from lstm_viz.ordinals import ordinal
from lstm_viz.subjects.axes import Axes
from lstm_viz.subjects.captured_calls import (
    CallForm,
    Heard,
    Resets,
    first_paths,
    in_order,
    is_batch_first,
    is_cell,
    listening,
    one_layer,
    resets_of,
    silent,
    single,
    singles,
)
from lstm_viz.subjects.errors import InvalidInputError, ModelError
from lstm_viz.subjects.given import Given, labelled, located, numbered, real_vectors
from lstm_viz.subjects.input_parts import Part, input_parts, part_sizes
from lstm_viz.subjects.readout import Outputs, OutputsFor, ReadoutKind
from lstm_viz.subjects.subject import Columns, Identity, Recurrent, SequentialSubject, Source
from lstm_viz.subjects.user_code import call
from lstm_viz.subjects.whole import WholeSubject
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.tracing import Trace
from lstm_viz.tracing.substitution import Computation, Substitution

#: From a text to the inputs of the model, alone or with the labels of the columns.
Encode = Callable[[str], Any]
#: From the output of the model to scores, alone or with the names of the outputs.
Decode = Callable[[Any], Any]
#: From a text to the true values of the outputs.
Targets = Callable[[str], Any]

_MOST_KEPT = 8
#: The numbers of a tensor that are looked at for changes which torch does not count.
_SAMPLES = 16
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What the model computed on one input, for one sequence of its batch.

    Attributes
    ----------
    text : str
    tokens : tuple of Token
        The columns.
    calls : mapping of str to tuple of Trace
        Of each recurrent module, by path: one trace for each time that its state was reset.
    aligned : tuple of str
        The paths of the modules that read the columns, in the order of the model.
    parts : mapping of str to tuple of Part
        Of the input of each of them.
    axes : Axes
        Of the batch.
    logits : Tensor (R, K) or None
        The scores that ``decode`` returned; None without ``decode``.
    names : tuple of str
        The names of the outputs; "0", "1", … where there are none.
    is_named : bool
        Whether ``decode`` returned names.
    features : Tensor (T, F) or None
        The real vectors of the columns among the arguments of the model.
    targets : Tensor (R, K) or None
        The true values of the outputs.
    resets : mapping of str to Resets
        Of cells in a loop, by path: the states before the steps at which the model has changed them.
    forms : mapping of str to CallForm
        Of the call of each recurrent module that was called once.
    """

    text: str
    tokens: tuple[Token, ...]
    calls: Mapping[str, tuple[Trace, ...]]
    aligned: tuple[str, ...]
    parts: Mapping[str, tuple[Part, ...]]
    axes: Axes
    logits: Tensor | None
    names: tuple[str, ...] = ()
    is_named: bool = False
    features: Tensor | None = None
    targets: Tensor | None = None
    resets: Mapping[str, Resets] = field(default_factory=dict)
    forms: Mapping[str, CallForm] = field(default_factory=dict)

    def trace(self, path: str, column: int) -> Trace:
        """Return the trace of a module: of one with a call for each column, that for this one."""
        calls = self.calls[path]
        return calls[column] if len(calls) == len(self.tokens) > 1 else calls[-1]

    def columns(self, path: str, column: int) -> tuple[str, ...]:
        """Return the columns of a module: those of the input, or its own."""
        if path in self.aligned:
            return tuple(token.text for token in self.tokens)
        label, steps = self.tokens[column].text, self.trace(path, column).steps
        return tuple(label) if len(label) == steps else numbered(steps)


class ModuleSubject(WholeSubject):
    """An ``nn.Module`` with recurrent parts, called as its author calls it.

    It is always evaluated in eval mode, on its own device and in its own precision; its mode, weights,
    gradients and the random numbers of the process are left as they are. A model that is compiled is
    evaluated by its own code.

    Parameters
    ----------
    model : nn.Module
    encode : callable or None
        From a text to the inputs of the model, or to a pair of them and a list of str, the labels of the
        columns. A tuple is the positional arguments of the model, a dict the keyword arguments, anything else
        the only argument. Without it the inputs are those that are given.
    decode : callable or None
        From the output of the model to scores, or to a pair of them and a list of str, the names of the
        outputs. Logits or log-probabilities of shape (K,) for the input as a whole, (T, K) for its columns;
        with the axes of a batch also (B, K), (T, B, K) or (B, T, K). Without names they are real values.
        Differentiable: attribution needs the gradient of the scores.
    inputs : mapping of str to Given, or None
        Inputs by name, for a model without ``encode``.
    text : str
        The initial text, for ``encode``, which needs one. With more than one column it shows what the outputs
        are for, and which modules read the columns; else the first such text does.
    predicts : "tags", "classes", "tokens", "values" or None
        What the outputs are; if not given, tags for columns and classes for inputs where there are names,
        else values.
    reads : str
        What the columns are: "words", "characters", "steps", …
    targets : array, callable or None
        The true values of outputs that are real values, of the shape of the scores; NaN where they are not
        known. With ``encode`` a function from the text to them.
    features : sequence of str
        The names of the numbers of a real vector, where the columns are such.
    occlude_with : str
        The token that replaces each one in turn in the text for occlusion, such as "<unk>"; "" for the zero
        vector in place of the input of the recurrent module.
    uri, title, about : str
        As of `lstm_viz.subjects.subject.Identity`.

    Raises
    ------
    ModelError
        If the initial input cannot be read, or ``encode`` comes without ``text``.
    """

    def __init__(
        self,
        model: nn.Module,
        encode: Encode | None = None,
        decode: Decode | None = None,
        inputs: Mapping[str, Given] | None = None,
        *,
        text: str = "",
        predicts: ReadoutKind | None = None,
        reads: str = "steps",
        targets: Any = None,
        features: Sequence[str] = (),
        occlude_with: str = "",
        uri: str = "live:model",
        title: str = "",
        about: str = "",
    ) -> None:
        self.model, self._encode, self._decode, self._reads = model, encode, decode, reads
        self._given = dict(inputs or {})
        self._targets, self.features = targets, tuple(map(str, features))
        self.occlude_with = occlude_with
        self._predicts = predicts
        self._runs: dict[Hashable, Run] = {}
        self._example: Run | None = None  # the first one with more than one column
        self._description: _Description | None = None
        self._encoded: dict[str, Given] = {}
        self._seen: Hashable = None  # the weights, as they were when a query began
        self._lock = RLock()
        own = getattr(model, "_orig_mod", model)  # under torch.compile
        self._texts = (uri, title or type(own).__name__, about, text or next(iter(self._given), ""))
        if encode is not None and not self._texts[3].strip():
            raise ModelError("model_without_text")

    # ------------------------------------------------------------ the description

    @cached_property
    def identity(self) -> Identity:
        uri, title, about, home = self._texts
        return Identity(uri, title, about, home, 0, ())

    @property
    def recurrents(self) -> tuple[Recurrent, ...]:
        """The recurrent modules that the initial input calls; those that read the columns come first."""
        return self._described.recurrents

    @property
    def readout(self) -> Outputs | None:
        return self._described.readout

    @property
    def _described(self) -> "_Description":
        with self._lock:
            run = self._typical
            if self._description is None or self._description.run is not run:
                self._description = _Description(run, self._recurrents(run), self._outputs(run))
            return self._description

    def _recurrents(self, run: Run) -> tuple[Recurrent, ...]:
        named = dict(self.model.named_modules(remove_duplicate=False))
        aligned = [
            Recurrent(
                path,
                one_layer(named[path]),
                self._reads,
                part_sizes(run.parts[path]),
                is_cell=is_cell(named[path]),
            )
            for path in run.aligned
        ]
        others = [
            Recurrent(path, module, "steps", parts, own_columns=True, is_cell=is_cell(named[path]))
            for path in run.calls
            if path not in run.aligned
            for module in [one_layer(named[path])]
            for parts in [(("input", module.input_size),)]
        ]
        return (*aligned, *others)

    def _outputs(self, run: Run) -> Outputs | None:
        if run.logits is None:
            return None
        each: OutputsFor = "columns" if len(run.logits) == len(run.tokens) != 1 else "input"
        named: ReadoutKind = "tags" if each == "columns" else "classes"
        return Outputs(self._predicts or (named if run.is_named else "values"), run.names, each=each)

    @property
    def rules(self) -> Hashable:
        return id(self)

    @property
    def version(self) -> Hashable:
        """A key of the weights, which a training in this process changes.

        Torch counts the changes of a tensor, except those through ``.data`` or by numpy. Of these, a change
        of all numbers is noticed, as a step of an optimizer is, but that of a single one only if it is among
        the `_SAMPLES` of the tensor that are looked at here, once for each query.
        """
        tensors = (*self.model.parameters(), *self.model.buffers())
        counts = tuple([(id(tensor), tensor._version) for tensor in tensors])
        self._seen = counts, _samples(tensors)
        return self._seen

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs that were given; any text is an input where there are none."""
        return tuple(self._given)

    @property
    def lengths(self) -> tuple[int, ...]:
        """The number of steps of each of them, 0 where that is not known."""
        return tuple(given.length for given in self._given.values())

    @cached_property
    def _home(self) -> Run:
        """The run on the initial input, with the first weights."""
        return self.read(self._texts[3])

    @property
    def _typical(self) -> Run:
        """The run that shows what belongs to columns: with one column all of it may."""
        home = self._home
        return home if len(home.tokens) > 1 else self._example or home

    def _is_value_per_column(self, text: str) -> bool:
        """Return whether a vector with a number for each column is that, and not the outputs of the input."""
        if text == self._texts[3]:
            return True
        home = self._home
        return home.logits is not None and tuple(home.logits.shape) == (len(home.tokens), 1)

    # ------------------------------------------------------------ inputs

    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns:
        """Return the columns of an input. It is read as a whole: what the model reads is not ours to cut."""
        if not text.strip() and text not in self._given:
            return Columns((), 0)
        tokens = self.read(text).tokens
        return Columns(tokens, len(tokens))

    def knows(self, column: str) -> bool:
        """Return True: there is no vocabulary."""
        return True

    def sources(self, text: str, path: str, column: int) -> tuple[Source, ...]:
        """Return the sources of the input of a module that reads the columns, in the order of its parts."""
        run = self.read(text)
        label = run.tokens[column].text
        return tuple(
            Source(
                part.name,
                part.values[column],
                label if part.module is None else "",
                None if part.rows is None else part.rows[column],
                module=part.module,
            )
            for part in run.parts[path]
        )

    # ------------------------------------------------------------ forward passes

    def read(self, text: str) -> Run:
        """Return the forward pass of an input; the latest ones are kept as long as the weights stay.

        Raises
        ------
        ModelError
            If ``encode``, ``decode`` or the model raises an error, or the outputs have no meaning.
        InvalidInputError
            If there is no such input, or its labels are not those of any recurrent module.
        """
        with self._lock:
            key = text, self._seen or self.version
            if key not in self._runs:
                _keep(self._runs, key, self._run(text))
            run = self._runs[key]
            if self._example is None and len(run.tokens) > 1:
                self._example = run
            return run

    def evaluate(self, text: str, computations: Mapping[str, Computation]) -> Tensor | None:
        """Return the scores (R, K) where some modules, by path, compute something else.

        Gradients flow from the scores to what was computed, where the caller enables them.
        """
        given, modules = self._arguments(text), dict(self.model.named_modules(remove_duplicate=False))
        replaced = {modules[path]: computation for path, computation in computations.items()}
        with self._evaluating(), Substitution(replaced, given.sequence):
            output = self._call(given)
        return self._scores(output, self.read(text))[0]

    def _is_batch_first(self, given: Given, calls: Mapping[str, Trace], scores: Tensor) -> bool | None:
        """Return whether the first axis of scores (n, n, K) is that of n sequences; None where none is.

        It is the axis along which only one sequence changes when its modules return zeros.
        """
        sequence = int(next(iter(calls.values())).lengths.argmax())
        modules = dict(self.model.named_modules(remove_duplicate=False))
        zeros = {modules[path]: silent(one_layer(modules[path])) for path in calls}
        with self._evaluating(), torch.no_grad(), Substitution(zeros, sequence):
            other = self._decoded(self._call(given))[0]
        if other.shape != scores.shape:
            return None
        changed = ~torch.isclose(other, scores, equal_nan=True).all(-1)
        first, second = (changed.any(1 - axis).nonzero().flatten().tolist() == [sequence] for axis in (0, 1))
        return None if first == second else first

    def _run(self, text: str) -> Run:
        given = self._arguments(text)
        with self._evaluating(), torch.no_grad(), listening(self.model) as heard:
            output = self._call(given)
        raw, begun = self._raw(heard)
        axes = Axes.of(raw, given.sequence, len(given.labels))
        labels = given.labels or numbered(axes.length)
        aligned = tuple(path for path, traces in raw.items() if axes.are_of(traces))
        if len(labels) != axes.length:
            raise InvalidInputError("input_steps_differ", labels=len(labels), steps=axes.length)
        calls = {
            path: (single(traces[0], given.sequence),) if path in aligned else tuple(singles(traces))
            for path, traces in raw.items()
            if traces
        }
        tokens = located("" if text in self._given else text, labels)
        parts = input_parts(calls, aligned, heard.looked_up, axes)
        batch_first = bool(aligned) and is_batch_first(self.model.get_submodule(aligned[0]))
        read = [calls[path][0].x[:, 0] for path in aligned]
        features = real_vectors(given.inputs, axes, read, batch_first=batch_first)
        resets = {
            path: resets_of(raw[path][0], begun[path], given.sequence) for path in aligned if path in begun
        }
        forms = {path: form for path, traces in raw.items() if (form := heard.form(path, traces))}
        run = Run(
            text, tokens, calls, aligned, parts, axes, None, features=features, resets=resets, forms=forms
        )
        if self._decode is not None and axes.is_square:
            scores, whole = self._decoded(output)[0], {path: raw[path][0] for path in aligned}
            first = self._is_batch_first(given, whole, scores) if scores.dim() == 3 else None
            run = replace(run, axes=replace(axes, batch_first=first))
        logits, names = self._scores(output, run)
        shown = names or self._default_names(0 if logits is None else logits.shape[1])
        targets = None if logits is None else self._true_values(run, logits)
        return replace(run, logits=logits, names=shown, is_named=bool(names), targets=targets)

    def _raw(self, heard: Heard) -> tuple[dict[str, list[Trace]], dict[str, dict[int, Trace]]]:
        """Return the traces of each module, and of a cell whose state was reset the one of all its steps.

        Of such a cell there are, too, the traces that begin with a state of their own, by their first steps.
        """
        raw = {path: heard.captured.sequences(path) for path in first_paths(self.model, heard.captured)}
        begun: dict[str, dict[int, Trace]] = {}
        for path in [path for path, traces in raw.items() if len(traces) > 1 and path in heard.steps]:
            with suppress(ValueError):  # its calls are no steps of one sequence
                trace, begun[path] = in_order(raw[path], heard.steps[path])
                raw[path] = [trace]
        return raw, begun

    def _default_names(self, outputs: int) -> tuple[str, ...]:
        """Return the names of outputs that ``decode`` does not name: real values by default."""
        if self._predicts not in (None, "values"):
            return tuple(map(str, range(outputs)))
        return ("value",) if outputs == 1 else tuple(f"value {ordinal(k)}" for k in range(outputs))

    def _true_values(self, run: Run, logits: Tensor) -> Tensor | None:
        """Return the true values of the outputs, of the shape of the logits (R, K)."""
        targets = self._targets
        if targets is None:
            return None
        found = call("targets", lambda: targets(run.text)) if callable(targets) else targets
        rows = self._rows(_as_tensor(found).to(logits), run, 1 if logits.shape[1] == 1 else 0)
        if rows is None or rows.shape != logits.shape:
            raise ModelError("model_targets", shape=str(tuple(np.shape(found))), columns=len(run.tokens))
        return rows

    def _arguments(self, text: str) -> Given:
        if text in self._given:
            return self._given[text]
        if self._encode is None:
            raise InvalidInputError("input_unknown", name=text)
        with self._lock:
            if text not in self._encoded:
                encode = self._encode
                inputs, labels = labelled(call("encode", lambda: encode(text)))
                _keep(self._encoded, text, Given(inputs, 0, labels))
            return self._encoded[text]

    def _call(self, given: Given) -> Any:
        inputs = given.inputs
        if isinstance(inputs, dict):
            return call("forward", lambda: self.model(**inputs))
        arguments = inputs if isinstance(inputs, tuple) and not hasattr(inputs, "_fields") else (inputs,)
        return call("forward", lambda: self.model(*arguments))

    def _scores(self, output: Any, run: Run) -> tuple[Tensor | None, tuple[str, ...]]:
        """Return the scores (R, K) of the sequence, and the names of the outputs."""
        if self._decode is None:
            return None, ()
        scores, names = self._decoded(output)
        rows = self._rows(scores, run, len(names))
        if rows is None:
            raise ModelError("model_outputs", shape=str(tuple(scores.shape)), columns=len(run.tokens))
        if names and len(names) != rows.shape[1]:
            raise ModelError("model_output_names", names=len(names), outputs=rows.shape[1])
        return rows, names

    def _rows(self, scores: Tensor, run: Run, names: int) -> Tensor | None:
        """Return scores of any shape as those of the sequence (R, K), for K ``names``, 0 if there are none.

        None for a shape without a meaning.
        """
        is_vector = scores.dim() == 1 and len(scores) == len(run.tokens) and run.axes.batch == 1
        if is_vector and (names == 1 or (not names and self._is_value_per_column(run.text))):
            scores = scores[:, None]
        return run.axes.rows(scores)

    def _decoded(self, output: Any) -> tuple[Tensor, tuple[str, ...]]:
        decode = self._decode
        assert decode is not None
        found, names = labelled(call("decode", lambda: decode(output)))
        return _as_tensor(found), names

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Put every module into eval mode within the block, and keep the state of the random numbers.

        One thread at a time: a long computation lets those of the keystrokes in between its forward passes.
        """
        with self._lock:
            yield from self._in_eval_mode()

    def _in_eval_mode(self) -> Iterator[None]:
        training = [module for module in self.model.modules() if module.training]
        cuda = {weight.device for weight in self.model.parameters() if weight.device.type == "cuda"}
        # a kernel of cuDNN has no gradients in eval mode
        slow = (
            torch.backends.cudnn.flags(enabled=False) if cuda and torch.is_grad_enabled() else nullcontext()
        )
        for module in training:
            module.training = False
        try:
            with torch.random.fork_rng(cuda), slow, _not_compiled():
                yield
        finally:
            for module in training:
                module.training = True


@dataclass(frozen=True, slots=True, eq=False)
class _Description:
    """What a run shows of its model."""

    run: Run
    recurrents: tuple[Recurrent, ...]
    readout: Outputs | None


#: What the engine evaluates: column by column, or the model as a whole.
AnySubject = SequentialSubject | WholeSubject


def given_inputs(model: nn.Module, inputs: Any, labels: Iterable[Any] = ()) -> dict[str, Given]:
    """Return the sequences of the batch with which a model is called, by name.

    ``labels`` are those of the steps of the longest one. Raises as `ModuleSubject` does.
    """
    whole, texts = ModuleSubject(model, inputs={"input": Given(inputs)}), tuple(map(str, labels))
    lengths = whole.read("input").axes.lengths
    names = [f"sequence {ordinal(k)} of {len(lengths)}" for k in range(len(lengths))]
    return {
        name: Given(inputs, k, texts[:length], length)
        for k, (name, length) in enumerate(zip(names if len(names) > 1 else ["input"], lengths, strict=True))
    }


def _not_compiled() -> AbstractContextManager[Any]:
    """Return a context in which a compiled model runs its author's code.

    torch.compile would compile it anew for other lengths, gradients and interventions, for seconds each.
    """
    if "torch._dynamo" not in sys.modules:  # importing it takes seconds
        return nullcontext()
    stance: AbstractContextManager[Any] = torch.compiler.set_stance("force_eager")
    return stance


def _as_tensor(found: Any) -> Tensor:
    return found if isinstance(found, Tensor) else torch.as_tensor(np.asarray(found))


@torch.no_grad()
def _samples(tensors: Sequence[Tensor]) -> bytes:
    """Return some numbers of each tensor, evenly spaced; one transfer for all that are on a device."""
    found: dict[torch.device, list[Tensor]] = {}
    for tensor in filter(_has_numbers, tensors):
        flat = tensor.view(-1)
        some = flat[:: -(-len(flat) // _SAMPLES)].contiguous()
        found.setdefault(tensor.device, []).append(some.view(torch.uint8))
    return b"".join(torch.cat(one).cpu().numpy().tobytes() for one in found.values())


def _has_numbers(tensor: Tensor) -> bool:
    """Return whether a tensor is one of plain numbers, in the order of memory."""
    if is_lazy(tensor) or tensor.is_quantized or tensor.is_meta or tensor.layout is not torch.strided:
        return False
    return tensor.numel() > 0 and tensor.is_contiguous()


def _keep(values: dict[K, V], key: K, value: V) -> None:
    """Add a value to the latest ones, which are kept."""
    values[key] = value
    while len(values) > _MOST_KEPT:
        del values[next(iter(values))]
