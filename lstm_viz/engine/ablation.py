"""Ablation: the score of a word's tag with each unit and each gate ablated in turn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
import torch

from lstm_viz.analysis.ablation import AblatedLogits, ablations
from lstm_viz.analysis.model_score import model_ablations
from lstm_viz.analysis.target import Target, target_at, target_of
from lstm_viz.cells import KINDS
from lstm_viz.engine.model_pass import as_scores, model_with, row_of
from lstm_viz.engine.reader import ForwardInput, Reader
from lstm_viz.messages import Ablation, AblationQuery, Floats
from lstm_viz.messages.base import NO_NUMBER
from lstm_viz.subjects.errors import UnsupportedError
from lstm_viz.subjects.readout import Outputs, Readout
from lstm_viz.subjects.subject import check, main_module, scored
from lstm_viz.subjects.whole import WholeSubject

#: The result so far is yielded again after this time, so that the caller can check for a newer query.
_REPEAT_SECONDS = 0.1


def ablate(reader: Reader, query: AblationQuery) -> Iterator[Ablation]:
    """Yield the partial results of an `AblationQuery`, each with all numbers known so far.

    Raises as `Reader.read` does. Layer and direction are limited to those of the word-level recurrent module;
    a tag that the model does not have is replaced by the predicted one. With a linear chain over the tags,
    the score is still that of the word by itself, and tags are those of the best path. There is no tag before
    the forward pass without ablation is done. A margin is always relative to the same other tag: the one that
    is nearest without ablation.
    """
    sentence = reader.sentence(query.read)
    if not sentence.tokens:
        return
    known, yielded = _Known.initial(sentence, query), perf_counter()
    for batch in _scored(sentence, known):
        if batch is not None:
            known = known.with_batch(batch)
        elif perf_counter() - yielded < _REPEAT_SECONDS:
            continue
        yield known.result()
        yielded = perf_counter()


def _scored(sentence: ForwardInput, known: "_Known") -> Iterator[AblatedLogits | None]:
    subject, path = sentence.subject, sentence.explained.path
    if isinstance(subject, WholeSubject):
        model = model_with(subject, sentence.text, sentence.by_module, path)
        return model_ablations(
            model, path, row_of(subject, sentence.step), layer=known.layer, direction=known.direction
        )
    with torch.no_grad():
        x = subject.inputs(sentence.words)
    return ablations(
        main_module(subject),
        scored(subject),
        x,
        sentence.state,
        step=sentence.step,
        layer=known.layer,
        direction=known.direction,
        interventions=sentence.interventions,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The numbers that are known so far.

    ``changes`` (A,) are the changes of the score by `lstm_viz.analysis.ablated_parts.parts_to_ablate`, in
    that order, of which the first ``done`` are known; ``tags`` (H + G,) are the predicted tags. ``target`` is
    None before the forward pass without ablation is done, and where the word has no tag.
    """

    query: AblationQuery
    readout: Outputs
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
    def initial(cls, sentence: ForwardInput, query: AblationQuery) -> "_Known":
        net, readout = sentence.explained.module, sentence.subject.readout
        check(sentence.subject, "scores")
        if net.proj_size:
            raise UnsupportedError("ablation_of_projection")
        assert readout is not None
        gates = KINDS[net.mode].gates
        return cls(
            query=query,
            readout=readout,
            gates=gates,
            step=sentence.step,
            layer=sentence.layer,
            direction=sentence.direction,
            changes=np.full(net.hidden_size + len(gates) * (net.hidden_size + 1), np.nan),
            tags=("",) * (net.hidden_size + len(gates)),
        )

    def with_batch(self, scored: AblatedLogits) -> "_Known":
        """Return the known numbers with those of this batch added."""
        names = tuple(map(self._name, scored.tags.tolist()))
        if scored.first < 0:
            return self._with_baseline(scored, names[0])
        first, last = scored.first, scored.first + len(names)
        changes = self.changes.copy()
        if self.target is not None:
            changes[first:last] = self.target.of(scored.logits.double()).numpy() - self.score
        tags = (*self.tags[:first], *names, *self.tags[last:])[: len(self.tags)]
        return replace(self, changes=changes, tags=tags, done=last)

    def _name(self, predicted: int) -> str:
        """Return the name of the predicted output; of real values that of the first."""
        if predicted < 0:
            return NO_NUMBER
        return self.readout.names[0 if self.readout.kind == "values" else predicted]

    def _with_baseline(self, scored: AblatedLogits, own: str) -> "_Known":
        tag = self.query.tag if self.query.tag in self.readout.names else own
        if tag == NO_NUMBER:
            return replace(self, tag=tag)
        target = target_at(
            target_of(self.query.target, self.readout), self.readout.names.index(tag), scored.logits[0]
        )
        return replace(
            self,
            tag=tag,
            target=target,
            score=float(target.of(scored.logits[0].double())),
            log_softmax=float(as_scores(self.readout, scored.logits[0])[target.tag]),
            resolution=_resolution(target, self.readout, scored),
        )

    def result(self) -> Ablation:
        gates = len(self.gates)
        units = len(self.tags) - gates
        margin_to = None if self.target is None else self.target.margin_to
        return Ablation(
            reading=self.query.reading,
            step=self.step,
            tag=self.tag,
            layer=self.layer,
            direction=self.direction,
            target=target_of(self.query.target, self.readout),
            margin_to="" if margin_to is None else self.readout.names[margin_to],
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


def _resolution(target: Target, readout: Outputs, scored: AblatedLogits) -> float:
    """Return the resolution of the target; without the output of the module, by the logits alone."""
    if scored.output is None or not isinstance(readout, Readout):
        return target.resolution_of(scored.logits[0])
    return target.resolution(readout, scored.output[0])
