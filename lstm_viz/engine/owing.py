"""What the words of a sentence gave to a tag, the quickest answer first."""

from collections.abc import Iterator, Sequence
from time import perf_counter

import numpy as np
import torch
from msgspec.structs import replace
from torch import Tensor

from lstm_viz.analysis.attribution import Gradients, gradients
from lstm_viz.analysis.integration import Integrated, integrations
from lstm_viz.analysis.occlusion import Occlusion, occlusions
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import possible, target_at
from lstm_viz.analysis.unrolled import unroll
from lstm_viz.engine.choosing import NO_NUMBER, choose
from lstm_viz.engine.reader import Reader, Sentence
from lstm_viz.engine.trellis import trellis
from lstm_viz.messages import Owe, Owed

#: So many multiplications are spent on integrated gradients, and on leaving words out.
MOST_WORK = 5e10
_MOST_COPIES, _FEWEST_COPIES = 2000, 16
_BACKWARD = 3  # a pass with gradients costs about so many without
_PATIENCE_SECONDS = 0.1
_TOLERANCE = 2e-4  # of integrated gradients, where float32 can tell so little
_SEEN = 0.02  # of what is explained: integrated gradients that are off by less look right

#: An answer, and whether it says more than the one before.
_Told = tuple[Owed, bool]


def owe(reader: Reader, question: Owe) -> Iterator[Owed]:
    """Yield the answers to an `Owe`, the quickest first; raises as `Reader.read` does.

    First come gradient × input and the flows, then integrated gradients, then what leaving words out does.
    Where one of them takes long, the answer so far is told again: a newer question is seen then. Layer and
    direction are clamped to those of the net that reads words, and a tag that the model does not have is the
    word's own. A margin is to the same other tag in all of them, the nearest in the reading itself. A word
    whose tag is not a number has no answer but NaN.
    """
    sentence = reader.sentence(question.read)
    if not sentence.tokens:
        return
    with torch.no_grad():
        x = sentence.preset.tagger.inputs(sentence.words)
        output = _output(sentence, x)
    tags, tagger = sentence.preset.settings.tags, sentence.preset.tagger
    tag = question.tag if question.tag in tags else _own_tag(sentence, output)
    if tag == NO_NUMBER:
        yield replace(_told(question, sentence, tag, _no_number(sentence)), done=True)
        return
    logits = tagger.logits(output[sentence.step, 0]).detach()
    target = target_at(question.target, tags.index(tag), logits)
    score = TagScore(tagger, x, sentence.step, target, sentence.state, sentence.hands)
    first = replace(
        _told(question, sentence, tag, gradients(score, sentence.layer, sentence.direction)),
        margin_to="" if target.margin_to is None else tags[target.margin_to],
        log_softmax=float(logits.log_softmax(-1)[target.tag]),
        resolution=score.resolution(output),
    )
    told = 0.0
    for answer, says_more in _answers(first, score, tags):
        if says_more or perf_counter() - told > _PATIENCE_SECONDS:
            yield answer
            told = perf_counter()


@torch.no_grad()
def _output(sentence: Sentence, x: Tensor) -> Tensor:
    """Return what the net gives out in the reading, (T, 1, D·H)."""
    net = sentence.preset.tagger.recurrent
    if sentence.hands:
        return unroll(net, x, sentence.state, hands=sentence.hands).output
    output: Tensor = net(x, sentence.state)[0]
    return output


@torch.no_grad()
def _own_tag(sentence: Sentence, output: Tensor) -> str:
    """Return the tag that the word has in its reading."""
    preset, scores = sentence.preset, sentence.preset.tagger.scores(output)
    return choose(preset, scores[:, 0].numpy(), trellis(preset.tagger.chain, scores)).tags[sentence.step]


def _told(question: Owe, sentence: Sentence, tag: str, found: Gradients) -> Owed:
    return Owed(
        number=question.number,
        about=question.read.number,
        step=sentence.step,
        tag=tag,
        words=sentence.words,
        layer=sentence.layer,
        direction=sentence.direction,
        target=possible(question.target, len(sentence.preset.settings.tags)),
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


def _no_number(sentence: Sentence) -> Gradients:
    """Return what is found of a word whose scores are not numbers."""
    nothing, mode = np.full(len(sentence.tokens), np.nan, np.float32), sentence.preset.tagger.recurrent.mode
    return Gradients(
        score=np.nan,
        baseline=np.nan,
        gradient_input=nothing,
        h_flow=nothing,
        c_flow=nothing if mode == "LSTM" else None,
        direct=nothing if mode in ("LSTM", "GRU") else None,
    )


def _answers(first: Owed, score: TagScore, tags: Sequence[str]) -> Iterator[_Told]:
    """Yield the first answer, and then what is known after every batch."""
    yield first, True
    answer = first
    for better in _integrated(first, score):
        told, answer = answer, better
        yield answer, answer is not told
    for known in _left_out(answer, score, tags):
        answer = known
        yield answer, False
    yield replace(answer, done=True), True


def _integrated(answer: Owed, score: TagScore) -> Iterator[Owed]:
    """Yield the answer with integrated gradients as soon as they are good enough to be seen, and then better.

    Nothing is yielded where they would take too long. Meanwhile the answer is yielded as it is.
    """
    copies = min(_MOST_COPIES, int(MOST_WORK / (_BACKWARD * _work(score, score.reach))))
    if copies < _FEWEST_COPIES:
        return
    last = None
    for found in integrations(score, tolerance=max(_TOLERANCE, answer.resolution), most=copies):
        last = found or last
        if found is not None and found.error <= _SEEN * max(1.0, abs(found.score - found.baseline)):
            answer = _with(answer, found)
        yield answer
    if last is not None and answer.completeness != last.error:
        yield _with(answer, last)


def _with(answer: Owed, found: Integrated) -> Owed:
    return replace(answer, integrated=found.values, completeness=found.error)


def _left_out(answer: Owed, score: TagScore, tags: Sequence[str]) -> Iterator[Owed]:
    """Yield the answer with more and more words left out, unless they are too many."""
    words = score.reach if score.tagger.chain is None else len(score.x)
    if words * _work(score, words) <= MOST_WORK:
        for found in occlusions(score):
            yield replace(answer, occlusion=found.falls, without=_names(found, score.step, tags))


def _work(score: TagScore, words: int) -> int:
    """Return how many multiplications it takes to read so many words."""
    return int(words * sum(weight.numel() for weight in score.tagger.recurrent.parameters()))


def _names(found: Occlusion, step: int, tags: Sequence[str]) -> tuple[str, ...]:
    """Return the tags by name, "" at the step and where nothing is known yet."""
    known = np.isfinite(found.falls)
    return tuple(
        tags[tag] if tag >= 0 else NO_NUMBER if known[k] and k != step else ""
        for k, tag in enumerate(found.tags.tolist())
    )
