"""What a training learns from, and what is said when there is nothing to learn from it."""

import gc
import resource
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from lstm_viz.runs.history import Epoch, Step
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training import train
from lstm_viz.training.corpora import LONGEST, CorpusError, paths, read
from lstm_viz.training.task import prepare
from tests.training.conftest import LONG, conllu

GOOD = conllu("the/DET dog/NOUN", "a/DET cat/NOUN")
BAD = {
    "empty": (b"", "bad.conllu has no sentences."),
    "only comments": (b"# text = a\n\n# b\n", "bad.conllu has no sentences."),
    "malformed": ((GOOD + "1\tthe\n").encode(), "bad.conllu, line 7: 2 columns instead of 10."),
    "no tags": (conllu("the/_ dog/_").encode(), "has no tags: its fourth column, UPOS, is empty everywhere."),
    "UTF-16": (
        GOOD.encode("utf-16"),
        "bad.conllu, line 1: the file is UTF-16; CoNLL-U is UTF-8: save it as UTF-8.",
    ),
    "Latin-1": (conllu("a/X", "é/X").encode("latin-1"), "line 3: not UTF-8: the file is in another encoding"),
    "plain text": (
        b"The dog ate the apple.\n",
        "line 1: 1 columns instead of 10. This is not CoNLL-U: a word",
    ),
    "binary": (bytes(range(256)) * 9, "bad.conllu, line "),
    "one line": (b"x" * (17 << 20), "bad.conllu, line 1: a line of more than 16 MB."),
    "one huge sentence": (
        conllu(" ".join(["a/DET dog/NOUN"] * 25_000)).encode(),
        f"has a sentence of 50,000 words (“a dog a dog a …”); at most {LONGEST:,} can be learnt from.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_it_is_said_with_the_line(tmp_path: Path, name: str) -> None:
    data, sentence = BAD[name]
    bad, good = tmp_path / "bad.conllu", tmp_path / "good.conllu"
    bad.write_bytes(data)
    good.write_text(GOOD)
    for settings in (
        TrainingSettings(corpus=(str(good), str(bad))),
        TrainingSettings(corpus=(str(good),), dev=str(bad)),
    ):
        with pytest.raises(CorpusError) as wrong:
            read(settings)
        assert sentence in str(wrong.value)
        assert str(wrong.value).endswith((".", "?"))


def test_a_name_that_no_file_can_have_is_said() -> None:
    with pytest.raises(CorpusError) as wrong:
        read(TrainingSettings(corpus=("x" * 3000,)))
    assert wrong.value.code == "corpus_unreadable"


@pytest.mark.parametrize(
    "data",
    [GOOD.replace("\n", "\r\n").encode("utf-8-sig"), GOOD.rstrip("\n").encode()],
    ids=["windows", "no end"],
)
def test_files_of_other_systems_are_the_same(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_text(GOOD)
    first, second = (read(TrainingSettings(corpus=(str(tmp_path / name),))) for name in "ab")
    assert first.train == second.train
    assert first.hashes != second.hashes


def test_every_tenth_sentence_is_held_out_of_a_corpus_that_is_large_enough(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu(*(f"w{n}/X" for n in range(25))))
    found = read(TrainingSettings(corpus=(str(path),)))
    assert found.measured_on == "held out"
    assert [s.words[0] for s in found.dev] == ["w9", "w19"]
    assert len(found.train) == 23 and not set(found.train) & set(found.dev)
    path.write_text(conllu(*(f"w{n}/X" for n in range(19))))
    found = read(TrainingSettings(corpus=(str(path),)))
    assert found.measured_on == "train" and found.dev == found.train and len(found.train) == 19


def test_several_files_are_one_corpus_and_each_is_hashed(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(conllu(f"{name}/X"))
    settings = TrainingSettings(corpus=(str(tmp_path / "a"), str(tmp_path / "b")), dev=str(tmp_path / "c"))
    found = read(settings)
    assert [s.words for s in found.train] == [("a",), ("b",)]
    assert [s.words for s in found.dev] == [("c",)]
    assert tuple(map(Path, found.hashes)) == paths(settings)


@pytest.mark.parametrize("size", [1, 4096])
@pytest.mark.parametrize("sentences", [("hello/INTJ",), ("the/DET dog/NOUN", "a/DET cat/NOUN", "go/VERB")])
def test_the_smallest_corpora_and_the_largest_batches_work(tmp_path: Path, sentences, size: int) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu(*sentences))
    settings = TrainingSettings(
        corpus=(str(path),), hidden_size=3, embedding_size=2, batch_size=size, epochs=2
    )
    lines = list(train(msgspec.structs.replace(settings, decoder="crf", characters=True), tmp_path / "run"))
    steps = [line for line in lines if isinstance(line, Step)]
    assert len(steps) == 2 * (1 if size > 1 else len(sentences))
    assert [line.epoch for line in lines if isinstance(line, Epoch)] == [0, 1, 2]


def test_a_sentence_of_five_thousand_words_is_learnt_from(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu(" ".join(["a/DET dog/NOUN"] * (LONGEST // 2)), "go/VERB"))
    settings = TrainingSettings(corpus=(str(path),), hidden_size=8, embedding_size=8, epochs=1)
    assert len(list(train(settings))) == 3


def test_a_word_that_is_too_rare_is_unknown_but_one_is_always_known(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu("a/DET dog/NOUN", "a/DET cat/NOUN"))
    settings = TrainingSettings(corpus=(str(path),), characters=True)
    assert prepare(msgspec.structs.replace(settings, min_word_count=2)).model.words == ("a",)
    least = prepare(msgspec.structs.replace(settings, min_word_count=9, min_character_count=9)).model
    assert least.words == ("a",) and least.characters == ("a",)
    assert prepare(settings).parameters() == sum(
        p.numel() for p in prepare(settings).fresh_tagger().parameters()
    )


_MEASURE = """
import resource, sys
from pathlib import Path
from lstm_viz.runs.settings import Settings
from lstm_viz.training.corpora import CorpusError
from lstm_viz.training.task import prepare
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    task = prepare(Settings(corpus=(sys.argv[1],), characters=True))
    print(task.corpus.words, end=" ")
except CorpusError as error:
    print(str(error).split(":")[0].split()[-1], end=" ")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def _measured(path: Path) -> tuple[int, int]:
    """Return what was read, and how many MB that took."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    words, megabytes = done.stdout.split()
    return int(words), int(megabytes)


@pytest.mark.skipif(not LONG, reason="200 MB are read in the long form only: make soak")
def test_two_hundred_megabytes(data: Path, tmp_path: Path) -> None:
    treebank = (data / "en_ewt-ud-train.conllu").read_bytes()
    path = tmp_path / "huge.conllu"
    with path.open("wb") as file:
        for _ in range(15):
            file.write(treebank)
    assert path.stat().st_size > 200_000_000
    words, megabytes = _measured(path)
    assert words > 2_500_000 and megabytes < 8 * 200
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"The dog ate the apple. " * 44_000 + b"\n")
    line, megabytes = _measured(path)
    assert line == 1 and megabytes < 100  # the rest of it was not read


def test_reading_holds_no_more_than_it_must(data: Path) -> None:
    """A process of its own is measured; here a fifth of the allowance is seen at once."""
    path = data / "en_ewt-ud-train.conllu"
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sentences = read(TrainingSettings(corpus=(str(path),), dev=str(path))).train
    assert len(sentences) == 12_544
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * path.stat().st_size >> 10
