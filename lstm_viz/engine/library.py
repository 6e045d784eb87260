"""The corpora that runs learn from: read once, and again only when a file has changed."""

from collections.abc import Hashable
from pathlib import Path

from lstm_viz.engine.recent import Recent
from lstm_viz.runs.folder import Run
from lstm_viz.runs.settings import Settings
from lstm_viz.tagging.conllu import UNTAGGED
from lstm_viz.training import corpora
from lstm_viz.training.corpora import Corpora, CorpusError, Sentences

_MOST = 3
_MOST_BYTES = 256 << 20  # a treebank of 200,000 words takes some 60 MB


class Library:
    """Reads corpora and keeps the last few."""

    def __init__(self) -> None:
        self._read: Recent[Corpora] = Recent(_MOST_BYTES, _MOST)

    def forget(self) -> None:
        """Let go of all corpora."""
        self._read.clear()

    def corpora(self, settings: Settings) -> Corpora:
        """Return the corpora of these settings; raises `CorpusError`."""
        files = tuple((path, _version(path)) for path in corpora.paths(settings))
        key = settings.corpus, settings.dev, files
        return self._read.get_or(key, lambda: corpora.read(settings))

    def dev(self, run: Run) -> Sentences:
        """Return the sentences that a run is measured on; raises `CorpusError` where they cannot be had."""
        return self._corpora_of(run).dev

    def true_tags(self, run: Run, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the tags of a sentence that a run is measured on or learns from; None if it is neither.

        "" stands where a word has none.
        """
        try:
            read = self._corpora_of(run)
        except CorpusError:
            return None
        tags = next((s.tags for part in (read.dev, read.train) for s in part if s.words == words), None)
        return tags and tuple("" if tag == UNTAGGED else tag for tag in tags)

    def _corpora_of(self, run: Run) -> Corpora:
        """Return what the run learns from, provided that the files are still what they were."""
        if run.settings is None:
            raise CorpusError("This run does not say which corpus it was measured on.")
        read = self.corpora(run.settings)
        for path, digest in read.hashes.items():
            if run.hashes.get(path, digest) != digest:
                raise CorpusError(f"{path} is not what it was when the run began: it was changed meanwhile.")
        return read


def _version(path: Path) -> Hashable:
    """Return what changes with a file's bytes; None where it cannot be had, and reading will say why."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
