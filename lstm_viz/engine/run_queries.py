"""Computes the results of queries about runs, and caches what the next query will need."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from msgspec.structs import replace

from lstm_viz.engine.cache import Cache
from lstm_viz.engine.confusion import MOST_SENTENCES, Tagged, confused, confused_sentence, tag_all
from lstm_viz.engine.corpus_cache import CorpusCache
from lstm_viz.engine.corpus_summary import corpus_summary
from lstm_viz.engine.embedding_map import embedding_map
from lstm_viz.engine.gradient_flow import MOST_STATES, flow
from lstm_viz.engine.history import CheckpointPass, empty_history, read_checkpoint, with_picture
from lstm_viz.engine.runs import RunModels
from lstm_viz.messages import (
    Confusion,
    ConfusionQuery,
    CorpusQuery,
    CorpusSummary,
    EmbeddingMap,
    EmbeddingMapQuery,
    Floats,
    GradientFlow,
    GradientFlowQuery,
    History,
    HistoryQuery,
)
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.subjects.errors import UnknownSubjectError
from lstm_viz.subjects.subject import CorpusSubject, main_module, scored
from lstm_viz.uris import run_path

#: A longer sentence is truncated.
MAX_WORDS = 200
_PASSES_BYTES = 64 << 20
_TAGGED_BYTES = 64 << 20
_ROWS_BYTES = 64 << 20
_PART_SECONDS = 0.1


class RunQueries:
    """Results of `CorpusQuery` and of the queries about runs.

    ``on_progress`` is called repeatedly by long computations without partial results. All methods raise
    `lstm_viz.runs.errors.RunError` where the run cannot be read.
    """

    def __init__(self, models: RunModels, on_progress: Callable[[], None] = lambda: None) -> None:
        self._models, self._on_progress = models, on_progress
        self._corpora = CorpusCache(on_progress)
        self._passes: Cache[CheckpointPass] = Cache(_PASSES_BYTES)
        self._tagged: Cache[Tagged] = Cache(_TAGGED_BYTES, 32)
        self._rows: Cache[Floats] = Cache(_ROWS_BYTES)
        models.invalidate_with(self._passes, self._tagged, self._rows)

    def clear(self) -> None:
        """Clear all caches."""
        self._corpora.clear()
        self._passes.clear()
        self._tagged.clear()
        self._rows.clear()

    def corpus_summary(self, query: CorpusQuery) -> CorpusSummary:
        """Return the result of a `CorpusQuery`."""
        return corpus_summary(self._corpora, query)

    def history(self, query: HistoryQuery) -> Iterator[History]:
        """Yield the partial results of a `HistoryQuery` at intervals, at last with all pictures.

        An epoch whose checkpoint cannot be read is skipped; its `RunError` is raised after the last result.
        """
        path = _path(query.model)
        newest, there = self._newest(path), self._models.epochs(path)
        words = newest.columns(query.text, query.tokenized_texts, MAX_WORDS).texts
        result = empty_history(query, newest, words, self._truth(path, newest, words), there)
        last_yield, first_error = perf_counter(), None
        wanted = tuple(epoch for epoch in query.epochs if epoch in there and words)
        for epoch in wanted:
            try:
                result = with_picture(result, query, self._pass_of(path, epoch, words))
            except RunError as error:
                first_error = first_error or error
            if epoch != wanted[-1] and perf_counter() - last_yield > _PART_SECONDS:
                yield result
                last_yield = perf_counter()
        yield replace(result, done=first_error is None)
        if first_error is not None:
            raise first_error

    def gradient_flow(self, query: GradientFlowQuery) -> GradientFlow:
        """Return the result of a `GradientFlowQuery`, at the nearest epoch that has a checkpoint."""
        path = _path(query.model)
        subject = self._models.load(path, query.epoch)
        most = max(1, MOST_STATES // main_module(subject).hidden_size)
        words = subject.columns(query.text, query.tokenized_texts, min(MAX_WORDS, most)).texts
        targets, is_gold = self._truth(path, self._newest(path), words)
        norms = flow(subject, words, targets, query.layer, query.direction)
        return GradientFlow(query.model, subject.identity.epoch, words, targets, is_gold, norms)

    def embedding_map(self, query: EmbeddingMapQuery) -> EmbeddingMap:
        """Return the result of an `EmbeddingMapQuery`, without checkpoints that cannot be read."""
        path = _path(query.model)
        rows, newest = dict[int, Floats](), self._newest(path)
        for epoch in query.epochs:
            self._on_progress()
            with suppress(RunError):
                rows[epoch] = self._rows_of(path, epoch)
        counts = self._corpora.counts(RunFolder(path).run())
        return embedding_map(query.model, newest.vocabulary, counts, rows)

    def _rows_of(self, path: Path, epoch: int) -> Floats:
        def read() -> Floats:
            rows: Floats = self._models.load(path, epoch).embedding.numpy().copy()
            return rows

        return self._rows.get_or(self._models.identity(path, epoch), read)

    def confusion(self, query: ConfusionQuery) -> Confusion:
        """Return the result of a `ConfusionQuery`, at the nearest epoch that has a checkpoint.

        Raises `lstm_viz.training.corpora.CorpusError` where the sentences cannot be read.
        """
        path = _path(query.model)
        subject = self._models.load(path, query.epoch)
        epoch = subject.identity.epoch
        key = self._models.identity(path, epoch)  # now: reading a corpus takes seconds
        dev = self._corpora.dev(RunFolder(path).run())
        tagged = self._tagged.get_or(key, lambda: tag_all(subject, dev, self._on_progress))
        found = confused(dev, tagged, scored(subject).names, query.gold, query.tag)
        return Confusion(
            model=query.model,
            epoch=epoch,
            gold=query.gold,
            tag=query.tag,
            total=len(found),
            sentences=tuple(confused_sentence(*one) for one in found[:MOST_SENTENCES]),
        )

    def _newest(self, path: Path) -> CorpusSubject:
        """Return the tagger of the newest checkpoint that can be read."""
        for epoch in reversed(self._models.epochs(path)):
            try:
                return self._models.load(path, epoch)
            except RunError:
                continue
        return self._models.load(path)  # raises with the message for it

    def _truth(
        self, path: Path, newest: CorpusSubject, words: tuple[str, ...]
    ) -> tuple[tuple[str, ...], bool]:
        """Return a sentence's true tags, or those of the newest checkpoint, and whether they are true."""
        true = self._corpora.true_tags(RunFolder(path).run(), words)
        if true is not None or not words:
            return true or (), bool(true)
        return self._pass_of(path, newest.identity.epoch, words).choice.tags, False

    def _pass_of(self, path: Path, epoch: int, words: tuple[str, ...]) -> CheckpointPass:
        key: Hashable = (*self._models.identity(path, epoch), words)
        return self._passes.get_or(key, lambda: read_checkpoint(self._models.load(path, epoch), words))


def _path(uri: str) -> Path:
    path = run_path(uri)
    if path is None:
        raise UnknownSubjectError("subject_unknown", uri=uri)
    return path
