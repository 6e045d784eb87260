"""The corpora of a training: bundled ones and CoNLL-U files, checked."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from lstm_viz.data import conllu
from lstm_viz.data.conllu import UNTAGGED, ConlluError, Sentence
from lstm_viz.errors import CodedError, CodedText, ErrorCode, coded
from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import open_named
from lstm_viz.resources import resource
from lstm_viz.runs.settings import BUNDLED, TrainingSettings

#: Without a dev part, every n-th sentence of a corpus is held out, if it has at least 2n.
HOLD_OUT = 10
#: The most words of a sentence: a batch is padded to its longest, and all steps are kept for backward.
LONGEST = 5_000

Sentences = tuple[Sentence, ...]


class CorpusError(CodedError):
    """A corpus cannot be used."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """The training and dev sentences; at least one word of each has a tag.

    ``hashes`` has the SHA-256 of every file by its path, ``remarks`` warnings for the user.
    """

    train: Sentences
    dev: Sentences
    measured_on: Literal["dev", "held out", "train"]
    hashes: dict[str, str]
    remarks: tuple[CodedText, ...]


def read(settings: TrainingSettings, on_block: Callable[[], None] = lambda: None) -> Corpora:
    """Return the corpora of these settings; raises `CorpusError`.

    ``on_block`` is called for every block of a file: a large treebank takes seconds.
    """
    hashes: dict[str, str] = {}
    given = tuple(s for name in settings.corpus for s in _sentences(_train_path(name), hashes, on_block))
    train = _with_tags(given)
    dev_path = _dev_path(settings)
    if dev_path is not None:
        given_dev = _sentences(dev_path, hashes, on_block)
        dev = _with_tags(given_dev)
        return Corpora(train, dev, "dev", hashes, _remarks(train, dev, given + given_dev))
    if len(train) < 2 * HOLD_OUT:
        return Corpora(train, train, "train", hashes, _remarks(train, train, given))
    kept = tuple(sentence for place, sentence in enumerate(train) if place % HOLD_OUT != HOLD_OUT - 1)
    dev = train[HOLD_OUT - 1 :: HOLD_OUT]
    return Corpora(kept, dev, "held out", hashes, _remarks(kept, dev, given))


def paths(settings: TrainingSettings) -> tuple[Path, ...]:
    """Return the files of these settings."""
    dev = _dev_path(settings)
    return (*map(_train_path, settings.corpus), *([] if dev is None else [dev]))


def advance_rng_as_tutorial() -> None:
    """Draw the random numbers that PyTorch's tutorial draws before it creates its tagger.

    This reproduces the tutorial's numbers: it first runs an ``nn.LSTM(3, 3)`` on some inputs and states
    ("Sequence Models and Long Short-Term Memory Networks", pytorch.org).
    """
    import torch  # late: training a segmenter needs no torch
    from torch import nn

    nn.LSTM(3, 3)
    for shape in [(1, 3)] * 5 + [(1, 1, 3)] * 4:
        torch.randn(shape)


def _train_path(name: str) -> Path:
    if name not in BUNDLED:
        return Path(name)
    with_dev = resource("corpora", f"{name}-train.conllu")
    return with_dev if with_dev.exists() else resource("corpora", f"{name}.conllu")


def _dev_path(settings: TrainingSettings) -> Path | None:
    if settings.dev is not None:
        return Path(settings.dev)
    bundled = [name for name in settings.corpus if name in BUNDLED]
    path = resource("corpora", f"{bundled[0]}-dev.conllu") if len(bundled) == len(settings.corpus) else None
    return path if path is not None and path.exists() else None


def _sentences(path: Path, hashes: dict[str, str], on_block: Callable[[], None]) -> Sentences:
    digest = hashlib.sha256()
    try:
        with open_named(path) as file:
            sentences = conllu.parse_blocks(_hashed(file, digest, on_block)).sentences
    except OSError as error:
        if os.path.isdir(path):  # noqa: PTH112  # unlike pathlib's, it never raises
            raise CorpusError("corpus_is_folder", path=str(path)) from error
        raise CorpusError("corpus_unreadable", path=str(path), reason=reason_of(error)) from error
    except ConlluError as error:
        problem = error.problem
        code: ErrorCode = "corpus_line" if _has_columns(path) else "corpus_not_conllu"
        raise CorpusError(code, file=path.name, line=problem.line, reason=problem.reason) from error
    hashes[str(path)] = digest.hexdigest()
    _check(path, sentences)
    return sentences


def _hashed(file: BinaryIO, digest: "hashlib._Hash", on_block: Callable[[], None]) -> Iterator[bytes]:
    for block in conllu.blocks(file):
        digest.update(block)
        on_block()
        yield block


def _check(path: Path, sentences: Sentences) -> None:
    if not sentences:
        raise CorpusError("corpus_without_sentences", file=path.name)
    if not any(sentence.tagged for sentence in sentences):
        raise CorpusError("corpus_without_tags", file=path.name)
    longest = max(sentences, key=lambda sentence: len(sentence.words))
    if len(longest.words) > LONGEST:
        words, start = len(longest.words), " ".join(longest.words[:5])
        raise CorpusError("corpus_sentence_too_long", file=path.name, words=words, start=start, most=LONGEST)


def _has_columns(path: Path) -> bool:
    """Return whether the start of a file looks like CoNLL-U, perhaps in another encoding."""
    with open_named(path) as file:
        start = file.read(1 << 16)
    return b"\t" in start or b"\0" in start


def _with_tags(sentences: Sentences) -> Sentences:
    """Return the sentences that have at least one tag."""
    return tuple(sentence for sentence in sentences if sentence.tagged)


def _remarks(train: Sentences, dev: Sentences, given: Sentences) -> tuple[CodedText, ...]:
    return (*_of_untagged(given), *_of_tags(train, dev))


def _of_untagged(given: Sequence[Sentence]) -> Iterator[CodedText]:
    words, tagged = sum(len(sentence.words) for sentence in given), sum(s.tagged for s in given)
    if tagged < words:
        yield coded("corpus_words_untagged", untagged=words - tagged, words=words, mark=UNTAGGED)
    without = sum(1 for sentence in given if not sentence.tagged)
    if without:
        yield coded("corpus_sentences_untagged", untagged=without, sentences=len(given))


def _of_tags(train: Sequence[Sentence], dev: Sequence[Sentence]) -> list[CodedText]:
    known = {tag for sentence in train for tag in sentence.tags} | {UNTAGGED}
    only = Counter(tag for sentence in dev for tag in sentence.tags if tag not in known)
    return [coded("corpus_tag_unlearnt", tag=tag, words=count) for tag, count in only.items()]
