"""Attributions of a tag's score to the words of a sentence, the cheapest method first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, TypedDict

import numpy as np
import torch
from msgspec.structs import replace
from torch import Tensor, nn

from lstm_viz.analysis.attribution import Gradients, gradients
from lstm_viz.analysis.integrated_gradients import Integrated, integrations
from lstm_viz.analysis.model_score import ModelScore, replacements
from lstm_viz.analysis.occlusion import Occlusion, occlusions
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import Target, TargetName, target_at, target_of
from lstm_viz.analysis.unrolled import unroll
from lstm_viz.cells import KINDS
from lstm_viz.engine.model_pass import as_scores, model_with, predicted_name, row_of
from lstm_viz.engine.predictions import choose
from lstm_viz.engine.reader import ForwardInput, Reader
from lstm_viz.engine.trellis import trellis
from lstm_viz.messages import Attribution, AttributionQuery
from lstm_viz.messages.base import NO_NUMBER
from lstm_viz.subjects.module import AnySubject, ModuleSubject
from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.subject import (
    SequentialSubject,
    check,
    main_module,
    output_names,
    run_module,
    scored,
)
from lstm_viz.subjects.whole import WholeSubject

#: Budget of multiplications for integrated gradients, and for occlusion.
MOST_WORK = 5e10
_MOST_COPIES, _FEWEST_COPIES = 2000, 16
_MOST_CALLS = 500  # of a model as a whole, which computes one copy at a time
_BACKWARD = 3  # forward and backward pass together, in units of a forward pass without gradients
_REPEAT_SECONDS = 0.1
_TOLERANCE = 2e-4  # of integrated gradients, unless the resolution of float32 is coarser
_VISIBLE = 0.02  # of the explained score: a smaller completeness error cannot be seen

#: A result, and whether it has more numbers than the one before.
_Partial = tuple[Attribution, bool]


def attribute(reader: Reader, query: AttributionQuery) -> Iterator[Attribution]:
    """Yield the partial results of an `AttributionQuery`, the cheapest first; raises as `Reader.read` does.

    Gradient × input and the gradient flows come first, then integrated gradients, then occlusion. While one
    of them takes long, the result so far is yielded again, so that the caller can check for a newer query.
    Layer and direction are limited to those of the word-level recurrent module; a tag that the model does not
    have is replaced by the predicted one. A margin is relative to the same other tag in all of them, the
    nearest in the reading itself. Where the word's scores are NaN, so are the attributions.
    """
    sentence = reader.sentence(query.read)
    if not sentence.tokens:
        return
    check(sentence.subject, "scores")
    readout = sentence.subject.readout
    assert readout is not None
    known, tags = _known(sentence), output_names(sentence.subject)
    tag = query.tag if query.tag in tags else known.predicted
    if tag == NO_NUMBER:
        yield replace(_first(query, sentence, tag, _not_a_number(sentence)), done=True)
        return
    target = target_at(target_of(query.target, readout), tags.index(tag), known.logits)
    score = known.score(target)
    first = replace(
        _first(query, sentence, tag, gradients(score, sentence.layer, sentence.direction)),
        margin_to="" if target.margin_to is None else tags[target.margin_to],
        log_softmax=float(as_scores(readout, known.logits)[target.tag]),
        resolution=known.resolution(target),
        **_replacement(sentence.subject),
    )
    yielded = 0.0
    named = tags[:1] * len(tags) if readout.kind == "values" else tags  # a value is no choice among others
    for result, has_more in _results(first, score, named):
        if has_more or perf_counter() - yielded > _REPEAT_SECONDS:
            yield result
            yielded = perf_counter()


@dataclass(frozen=True, slots=True, eq=False)
class _Explained:
    """What is known of the explained word: its logits (K,), its tag, and its score for a target."""

    logits: Tensor
    predicted: str
    score: Callable[[Target], TagScore | ModelScore]
    resolution: Callable[[Target], float]


def _known(sentence: ForwardInput) -> _Explained:
    subject = sentence.subject
    if isinstance(subject, WholeSubject):
        assert isinstance(subject, ModuleSubject)  # a trace has no scores
        return _in_model(sentence, subject)
    return _in_tagger(sentence, subject)


def _in_tagger(sentence: ForwardInput, subject: SequentialSubject) -> _Explained:
    net, readout = main_module(subject), scored(subject)
    with torch.no_grad():
        x = subject.inputs(sentence.words)
        output = _output(net, sentence, x)
    word = output[sentence.step, 0]
    return _Explained(
        logits=readout.logits(word).detach(),
        predicted=_predicted_tag(sentence, readout, output),
        score=lambda target: TagScore(
            net, readout, x, sentence.step, target, sentence.state, sentence.interventions
        ),
        resolution=lambda target: target.resolution(readout, word),
    )


def _in_model(sentence: ForwardInput, subject: ModuleSubject) -> _Explained:
    path, row, readout = sentence.explained.path, row_of(subject, sentence.step), subject.readout
    assert readout is not None
    model = model_with(subject, sentence.text, sentence.by_module, path)
    steppings = model.steppings()
    with torch.no_grad():
        logits = model.evaluate(steppings)[row]
    x = steppings[path].unrolled().x  # an edit of another module changes it
    assert x is not None
    x = x.detach()
    step = sentence.step if row_of(subject, 1) else None
    without = _replaced(sentence, subject, row) if subject.occlude_with else None
    return _Explained(
        logits=logits,
        predicted=predicted_name(readout, logits),
        score=lambda target: ModelScore(model, path, x, row, step, target, without),
        resolution=lambda target: target.resolution_of(logits),
    )


def _replaced(sentence: ForwardInput, subject: ModuleSubject, row: int) -> Callable[[int], Tensor | None]:
    """Return what evaluates the model on the text with the token of a column replaced, with all edits."""

    def without(column: int) -> Tensor | None:
        token, text = sentence.tokens[column], sentence.text
        other = f"{text[: token.start]}{subject.occlude_with}{text[token.end :]}"
        run = subject.read(other)
        if token.start == token.end or len(run.tokens) != len(sentence.tokens) or run.logits is None:
            return None
        if not sentence.by_module:
            return run.logits[row]
        model = model_with(subject, other, sentence.by_module)
        return model.evaluate(model.steppings())[row]

    return without


class _Replacement(TypedDict, total=False):
    """Fields of an `Attribution`: what a word is replaced with in the occlusion."""

    replacement: Literal["", "zeros", "token"]
    token: str


def _replacement(subject: AnySubject) -> _Replacement:
    if not isinstance(subject, ModuleSubject):
        return {}
    token = subject.occlude_with
    return {"replacement": "token", "token": token} if token else {"replacement": "zeros"}


@torch.no_grad()
def _output(net: nn.RNNBase, sentence: ForwardInput, x: Tensor) -> Tensor:
    """Return the output of the recurrent module in the reading, (T, 1, D·H)."""
    if sentence.interventions:
        return unroll(net, x, sentence.state, interventions=sentence.interventions).output
    return run_module(net, x, sentence.state)[0]


@torch.no_grad()
def _predicted_tag(sentence: ForwardInput, readout: Readout, output: Tensor) -> str:
    """Return the predicted tag of the word."""
    scores = readout.scores(output)
    return choose(readout, scores[:, 0].numpy(), trellis(readout.chain, scores)).tags[sentence.step]


def _first(query: AttributionQuery, sentence: ForwardInput, tag: str, found: Gradients) -> Attribution:
    return Attribution(
        reading=query.reading,
        step=sentence.step,
        tag=tag,
        words=sentence.words,
        layer=sentence.layer,
        direction=sentence.direction,
        target=_target(query, sentence.subject),
        margin_to="",
        score=found.score,
        baseline=found.baseline,
        log_softmax=np.nan,
        resolution=np.nan,
        gradient_input=found.gradient_input,
        h_flow=found.h_flow,
        c_flow=found.c_flow,
        direct=found.direct,
    )


def _target(query: AttributionQuery, subject: AnySubject) -> TargetName:
    assert subject.readout is not None
    return target_of(query.target, subject.readout)


def _not_a_number(sentence: ForwardInput) -> Gradients:
    """Return the gradients for a word whose scores are NaN."""
    nan = np.full(len(sentence.tokens), np.nan, np.float32)
    kind = KINDS[sentence.explained.module.mode]
    return Gradients(
        score=np.nan,
        baseline=np.nan,
        gradient_input=nan,
        h_flow=nan,
        c_flow=nan if "c" in kind.states else None,
        direct=nan if kind.gated_state else None,
    )


def _results(first: Attribution, score: TagScore | ModelScore, tags: Sequence[str]) -> Iterator[_Partial]:
    """Yield the first result, and then the partial result after every batch."""
    yield first, True
    result = first
    for better in _integrated(first, score):
        before, result = result, better
        yield result, result is not before
    for known in _occluded(result, score, tags):
        result = known
        yield result, False
    yield replace(result, done=True), True


def _integrated(result: Attribution, score: TagScore | ModelScore) -> Iterator[Attribution]:
    """Yield the result with integrated gradients as soon as their error cannot be seen, and then refined.

    Until then the result is yielded unchanged. Nothing is yielded where they exceed the budget.
    """
    most = _MOST_COPIES if isinstance(score, TagScore) else _MOST_CALLS
    copies = min(most, int(MOST_WORK / (_BACKWARD * _work(score, score.reach))))
    if copies < _FEWEST_COPIES:
        return
    last = None
    for found in integrations(score, tolerance=max(_TOLERANCE, result.resolution), most=copies):
        last = found or last
        if found is not None and found.error <= _VISIBLE * max(1.0, abs(found.score - found.baseline)):
            result = _with(result, found)
        yield result
    if last is not None and result.completeness != last.error:
        yield _with(result, last)


def _with(result: Attribution, found: Integrated) -> Attribution:
    return replace(result, integrated=found.values, completeness=found.error)


def _occluded(
    result: Attribution, score: TagScore | ModelScore, tags: Sequence[str]
) -> Iterator[Attribution]:
    """Yield the result with the occlusion of more and more words; nothing where it exceeds the budget."""
    found, step, words = _occlusion_of(score)
    if words * _work(score, words) > MOST_WORK or (step is None and words > _MOST_CALLS):
        return
    for known in found:
        yield replace(result, occlusion=known.decreases, without=_names(known, step, tags))


def _occlusion_of(score: TagScore | ModelScore) -> tuple[Iterator[Occlusion], int | None, int]:
    """Return the occlusion of a score, the step that cannot be removed, and the words of a forward pass."""
    if isinstance(score, ModelScore):
        return replacements(score), None, len(score.x)
    return occlusions(score), score.step, score.reach if score.readout.chain is None else len(score.x)


def _work(score: TagScore | ModelScore, words: int) -> int:
    """Return the number of multiplications of a forward pass over ``words`` words."""
    return int(words * sum(weight.numel() for weight in score.net.parameters()))


def _names(found: Occlusion, step: int | None, tags: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the tags, "" at the step that is removed and where the tag is not known yet."""
    known = np.isfinite(found.decreases)
    return tuple(
        tags[tag] if tag >= 0 else NO_NUMBER if known[k] and k != step else ""
        for k, tag in enumerate(found.tags.tolist())
    )
