"""What a training learns from: bundled corpora and CoNLL-U files, or what is wrong with them."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import open_named
from lstm_viz.resources import resource
from lstm_viz.runs.settings import BUNDLED, Settings
from lstm_viz.tagging import conllu
from lstm_viz.tagging.conllu import UNTAGGED, ConlluError, Sentence

#: Of a corpus without a part to measure on, every so manieth sentence is held out, if it has twice as many.
HOLD_OUT = 10
#: The most words of a sentence: a batch is padded to its longest, and backward all its steps are kept.
LONGEST = 5_000

Sentences = tuple[Sentence, ...]


class CorpusError(Exception):
    """There is nothing to learn from; the text is a sentence for a person, with the line where it helps."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """The sentences to learn from and those to measure on: at least one word of each has a tag.

    ``hashes`` has the SHA-256 of every file by its path, ``remarks`` what a person should know.
    """

    train: Sentences
    dev: Sentences
    measured_on: Literal["dev", "held out", "train"]
    hashes: dict[str, str]
    remarks: tuple[str, ...]


def read(settings: Settings, go_on: Callable[[], None] = lambda: None) -> Corpora:
    """Return the corpora of these settings; raises `CorpusError`.

    ``go_on`` is called for every block of a file: a large treebank takes seconds.
    """
    hashes: dict[str, str] = {}
    given = tuple(s for name in settings.corpus for s in _sentences(_train_path(name), hashes, go_on))
    train = _with_tags(given)
    dev_path = _dev_path(settings)
    if dev_path is not None:
        given_dev = _sentences(dev_path, hashes, go_on)
        dev = _with_tags(given_dev)
        return Corpora(train, dev, "dev", hashes, _remarks(train, dev, given + given_dev))
    if len(train) < 2 * HOLD_OUT:
        return Corpora(train, train, "train", hashes, _remarks(train, train, given))
    kept = tuple(sentence for place, sentence in enumerate(train) if place % HOLD_OUT != HOLD_OUT - 1)
    dev = train[HOLD_OUT - 1 :: HOLD_OUT]
    return Corpora(kept, dev, "held out", hashes, _remarks(kept, dev, given))


def paths(settings: Settings) -> tuple[Path, ...]:
    """Return the files that these settings read."""
    dev = _dev_path(settings)
    return (*map(_train_path, settings.corpus), *([] if dev is None else [dev]))


def draw_as_the_tutorial() -> None:
    """Draw from the random stream what PyTorch's tutorial draws before it creates its tagger.

    So the tutorial's own numbers come out: it plays with an ``nn.LSTM(3, 3)`` and some inputs and states
    first ("Sequence Models and Long Short-Term Memory Networks", pytorch.org).
    """
    import torch  # here alone: learning to cut text needs none
    from torch import nn

    nn.LSTM(3, 3)
    for shape in [(1, 3)] * 5 + [(1, 1, 3)] * 4:
        torch.randn(shape)


def _train_path(name: str) -> Path:
    if name not in BUNDLED:
        return Path(name)
    with_dev = resource("corpora", f"{name}-train.conllu")
    return with_dev if with_dev.exists() else resource("corpora", f"{name}.conllu")


def _dev_path(settings: Settings) -> Path | None:
    if settings.dev is not None:
        return Path(settings.dev)
    bundled = [name for name in settings.corpus if name in BUNDLED]
    path = resource("corpora", f"{bundled[0]}-dev.conllu") if len(bundled) == len(settings.corpus) else None
    return path if path is not None and path.exists() else None


def _sentences(path: Path, hashes: dict[str, str], go_on: Callable[[], None]) -> Sentences:
    digest = hashlib.sha256()
    try:
        with open_named(path) as file:
            sentences = conllu.parse_blocks(_hashed(file, digest, go_on)).sentences
    except OSError as error:
        if path.is_dir():
            raise CorpusError(f"{path} is a folder; a corpus is a CoNLL-U file.") from error
        raise CorpusError(f"{path} cannot be read: {reason_of(error)}.") from error
    except ConlluError as error:
        line = error.problem.line
        raise CorpusError(f"{path.name}, line {line}: {error.problem.reason}.{_hint(path)}") from error
    hashes[str(path)] = digest.hexdigest()
    _check(path, sentences)
    return sentences


def _hashed(file: BinaryIO, digest: "hashlib._Hash", go_on: Callable[[], None]) -> Iterator[bytes]:
    for block in conllu.blocks(file):
        digest.update(block)
        go_on()
        yield block


def _check(path: Path, sentences: Sentences) -> None:
    if not sentences:
        raise CorpusError(f"{path.name} has no sentences.")
    if not any(sentence.tagged for sentence in sentences):
        raise CorpusError(f"{path.name} has no tags: its fourth column, UPOS, is empty everywhere.")
    longest = max(sentences, key=lambda sentence: len(sentence.words))
    if len(longest.words) > LONGEST:
        start = " ".join(longest.words[:5])
        raise CorpusError(
            f"{path.name} has a sentence of {len(longest.words):,} words (“{start} …”); at most {LONGEST:,} "
            "can be learnt from. Is the empty line after each sentence missing?"
        )


def _hint(path: Path) -> str:
    with open_named(path) as file:
        start = file.read(1 << 16)
    if b"\t" in start or b"\0" in start:
        return ""
    return (
        " This is not CoNLL-U: a word a line, ten columns with tabs between them, an empty line after each "
        "sentence."
    )


def _with_tags(sentences: Sentences) -> Sentences:
    """Return the sentences that there is something to learn from or measure on."""
    return tuple(sentence for sentence in sentences if sentence.tagged)


def _remarks(train: Sentences, dev: Sentences, given: Sentences) -> tuple[str, ...]:
    return (*_of_untagged(given), *_of_tags(train, dev))


def _of_untagged(given: Sequence[Sentence]) -> Iterator[str]:
    words, tagged = sum(len(sentence.words) for sentence in given), sum(s.tagged for s in given)
    if tagged < words:
        yield (
            f"{words - tagged:,} of {words:,} words have no tag (UPOS “{UNTAGGED}”): nothing is learnt from "
            "them or measured on them."
        )
    without = sum(1 for sentence in given if not sentence.tagged)
    if without:
        yield f"{without:,} of {len(given):,} sentences have no tag at all: they are left out."


def _of_tags(train: Sequence[Sentence], dev: Sequence[Sentence]) -> list[str]:
    known = {tag for sentence in train for tag in sentence.tags} | {UNTAGGED}
    only = Counter(tag for sentence in dev for tag in sentence.tags if tag not in known)
    return [
        f"The tag {tag} is only in the part to measure on ({count} words): it cannot be learnt, and counts "
        "as wrong."
        for tag, count in only.items()
    ]
