"""``python -m lstm_viz.training.segmenting RUN``: trains the segmenter of a run on its treebank.

It is a process of its own, at low priority: training does not wait for it, and it ends by itself,
independently of the training. It needs no torch.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from lstm_viz import isolated
from lstm_viz.data.surface import tokens_of
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.segmenter import has_segmenter, write_segmenter
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.segmentation.learning import learn
from lstm_viz.training import corpora
from lstm_viz.training.corpora import CorpusError

_LOW_PRIORITY = 10
#: On Windows: a low priority, and no Ctrl+C, which is for the training.
_FLAGS = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(
    subprocess, "CREATE_NEW_PROCESS_GROUP", 0
)


class Segmenting:
    """The process that trains a segmenter, if any: bundled corpora are segmented by English rules."""

    def __init__(self, folder: RunFolder, settings: TrainingSettings) -> None:
        self._process: subprocess.Popen[str] | None = None
        if not settings.is_bundled and not has_segmenter(folder.path):
            with contextlib.suppress(OSError):  # the run is then segmented by Unicode rules
                self._process = _start(folder.path)

    @property
    def under_way(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def wait(self) -> str:
        """Wait for the end of the process; return its error message, "" if there is none."""
        if self._process is None:
            return ""
        errors = self._process.communicate()[1].strip()
        return errors.rsplit("\n", 1)[-1] if self._process.returncode else ""

    def end(self) -> None:
        """Terminate the process; it is started again when the run is resumed."""
        if self._process is not None:
            self._process.terminate()
            self.wait()

    def leave(self) -> None:
        """Detach from the process, which continues."""
        if self._process is not None and self._process.stderr is not None:
            self._process.stderr.close()
            self._process.poll()


def learn_for(folder: RunFolder) -> None:
    """Train the segmenter of a run and write it; concurrent processes write the same bytes.

    Raises
    ------
    RunError, CorpusError, OSError
        If the run or its corpora cannot be read, the corpora have changed, or it cannot be written.
    """
    run = folder.run()
    if run.settings is None:
        raise RunError("run_without_corpus", path=str(folder.path))
    read = corpora.read(run.settings)
    for path, digest in read.hashes.items():
        if run.hashes.get(path, digest) != digest:
            raise CorpusError("corpus_changed", path=path)
    segmenter = learn([tokens_of(sentence) for sentence in read.train], seed=run.settings.seed)
    if segmenter is None:
        raise CorpusError("corpus_without_text")
    if folder.run() != run:  # training takes time; the folder may have been replaced meanwhile
        raise RunError("run_replaced", path=str(folder.path))
    write_segmenter(folder.path, segmenter.to_bytes())


def _start(path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        isolated.command("-m", __name__, str(path.absolute())),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=isolated.environment(OPENBLAS_NUM_THREADS="1"),
        start_new_session=True,  # no Ctrl+C, which is for the training
        creationflags=_FLAGS,
    )


def main() -> int:
    """Train the segmenter of the run in the arguments, and return the exit status."""
    if hasattr(os, "nice"):
        os.nice(_LOW_PRIORITY)
    try:
        learn_for(RunFolder(Path(sys.argv[1])))
    except (RunError, CorpusError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except MemoryError:
        print("there is not enough memory to learn from a corpus of this size", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
