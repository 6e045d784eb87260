"""A cache of the corpora of runs; a corpus is read again only when a file has changed."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path

from lstm_viz.data.conllu import UNTAGGED
from lstm_viz.engine.cache import Cache
from lstm_viz.runs.folder import Run
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training import corpora
from lstm_viz.training.corpora import Corpora, CorpusError, Sentences

_MOST = 3
_MOST_BYTES = 256 << 20  # a treebank of 200,000 words takes some 60 MB


class CorpusCache:
    """Reads corpora and caches the last few; ``on_progress`` is called repeatedly while one is read."""

    def __init__(self, on_progress: Callable[[], None] = lambda: None) -> None:
        self._on_progress = on_progress
        self._read: Cache[Corpora] = Cache(_MOST_BYTES, _MOST)

    def clear(self) -> None:
        """Remove all corpora from the cache."""
        self._read.clear()

    def corpora(self, settings: TrainingSettings) -> Corpora:
        """Return the corpora of these settings; raises `CorpusError`."""
        files = tuple((path, _version(path)) for path in corpora.paths(settings))
        key = settings.corpus, settings.dev, files
        return self._read.get_or(key, lambda: corpora.read(settings, self._on_progress))

    def dev(self, run: Run) -> Sentences:
        """Return the dev sentences of a run; raises `CorpusError` where they cannot be read."""
        return self._corpora_of(run).dev

    def true_tags(self, run: Run, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the true tags of a dev or training sentence of a run, None for any other sentence.

        A word without a tag has "".
        """
        try:
            read = self._corpora_of(run)
        except CorpusError:
            return None
        tags = next((s.tags for part in (read.dev, read.train) for s in part if s.words == words), None)
        return tags and tuple("" if tag == UNTAGGED else tag for tag in tags)

    def counts(self, run: Run) -> Mapping[str, int] | None:
        """Return how often each word is in a run's training sentences; None where they cannot be read."""
        try:
            return Counter(word for sentence in self._corpora_of(run).train for word in sentence.words)
        except CorpusError:
            return None

    def _corpora_of(self, run: Run) -> Corpora:
        """Return the corpora of a run; raises `CorpusError` where a file has changed since training began."""
        if run.settings is None:
            raise CorpusError("corpus_unknown")
        read = self.corpora(run.settings)
        for path, digest in read.hashes.items():
            if run.hashes.get(path, digest) != digest:
                raise CorpusError("corpus_changed_since", path=path)
        return read


def _version(path: Path) -> Hashable:
    """Return a value that changes with a file's contents; None where it has no status: reading it raises."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
