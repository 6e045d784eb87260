"""Which units and gates the tag of one word stands on: its score without each of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
import torch
from torch import nn

from lstm_viz.analysis.ablation import Scored, ablations
from lstm_viz.analysis.switched_off import OFF
from lstm_viz.analysis.target import Target, possible, target_at
from lstm_viz.engine.choosing import NO_NUMBER
from lstm_viz.engine.reader import Reader, Sentence
from lstm_viz.messages import Ablate, Ablated, Floats

#: While nothing new is found, the same is answered again after so long: a newer question is seen then.
_PATIENCE_SECONDS = 0.1


def ablate(reader: Reader, question: Ablate) -> Iterator[Ablated]:
    """Yield the answers to an `Ablate`, each with all that is known so far; raises as `Reader.read` does.

    Layer and direction are clamped to those of the net that reads words, and a tag that the model does not
    have is the word's own. Where a chain over the tags decodes, the score is still that of the word by
    itself, and a tag is the one on the best path. Until the whole net has been read there is no tag. A margin
    is to the same other tag in every net, the nearest in the whole one.
    """
    if question.read is None:
        return
    sentence = reader.sentence(question.read)
    if not sentence.tokens:
        return
    known, answered = _Known.nothing(sentence, question), perf_counter()
    for scored in _scored(sentence, known):
        if scored is not None:
            known = known.and_also(scored)
        elif perf_counter() - answered < _PATIENCE_SECONDS:
            continue
        yield known.answer()
        answered = perf_counter()


def _scored(sentence: Sentence, known: "_Known") -> Iterator[Scored | None]:
    tagger = sentence.preset.tagger
    with torch.no_grad():
        x = tagger.inputs(sentence.words)
    return ablations(
        tagger,
        x,
        sentence.state,
        step=sentence.step,
        layer=known.layer,
        direction=known.direction,
        hands=sentence.hands,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is known so far.

    ``changes`` (A,) are those of `lstm_viz.analysis.switched_off.nets_without`, in their order, the first
    ``done`` of them known, and ``tags`` (H + G,) what the word gets then. There is no ``target`` before the
    whole net was read, and none where the word has no tag.
    """

    question: Ablate
    head: nn.Linear
    tagset: tuple[str, ...]
    gates: tuple[str, ...]
    step: int
    layer: int
    direction: int
    changes: Floats
    tags: tuple[str, ...]
    tag: str = ""
    target: Target | None = None
    score: float = float("nan")
    log_softmax: float = float("nan")
    resolution: float = float("nan")
    done: int = 0

    @classmethod
    def nothing(cls, sentence: Sentence, question: Ablate) -> "_Known":
        net: nn.RNNBase = sentence.preset.tagger.recurrent
        gates = tuple(OFF[net.mode])
        return cls(
            question=question,
            head=sentence.preset.tagger.hidden_to_tag,
            tagset=tuple(sentence.preset.settings.tags),
            gates=gates,
            step=sentence.step,
            layer=sentence.layer,
            direction=sentence.direction,
            changes=np.full(net.hidden_size + len(gates) * (net.hidden_size + 1), np.nan),
            tags=("",) * (net.hidden_size + len(gates)),
        )

    def and_also(self, scored: Scored) -> "_Known":
        """Return what is known with these nets too."""
        names = tuple(NO_NUMBER if k < 0 else self.tagset[k] for k in scored.tags.tolist())
        if scored.first < 0:
            return self._of_whole(scored, names[0])
        first, last = scored.first, scored.first + len(names)
        changes = self.changes.copy()
        if self.target is not None:
            changes[first:last] = self.target.of(scored.logits.double()).numpy() - self.score
        tags = (*self.tags[:first], *names, *self.tags[last:])[: len(self.tags)]
        return replace(self, changes=changes, tags=tags, done=last)

    def _of_whole(self, scored: Scored, own: str) -> "_Known":
        tag = self.question.tag if self.question.tag in self.tagset else own
        if tag == NO_NUMBER:
            return replace(self, tag=tag)
        assert scored.output is not None
        target = target_at(self.question.target, self.tagset.index(tag), scored.logits[0])
        return replace(
            self,
            tag=tag,
            target=target,
            score=float(target.of(scored.logits[0].double())),
            log_softmax=float(scored.scores[0, target.tag]),
            resolution=target.resolution(self.head, scored.output[0]),
        )

    def answer(self) -> Ablated:
        assert self.question.read is not None
        gates = len(self.gates)
        units = len(self.tags) - gates
        margin_to = None if self.target is None else self.target.margin_to
        return Ablated(
            number=self.question.number,
            about=self.question.read.number,
            step=self.step,
            tag=self.tag,
            layer=self.layer,
            direction=self.direction,
            target=possible(self.question.target, len(self.tagset)),
            margin_to="" if margin_to is None else self.tagset[margin_to],
            score=self.score,
            log_softmax=self.log_softmax,
            resolution=self.resolution,
            units=self.changes[:units],
            tags=self.tags[:units],
            gates=self.gates,
            whole_gates=self.changes[units : units + gates],
            gate_tags=self.tags[units:],
            gates_of_units=self.changes[units + gates :].reshape(gates, units),
            done=self.done,
            total=len(self.changes),
        )
