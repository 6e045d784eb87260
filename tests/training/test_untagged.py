"""Words whose UPOS is "_": they are read, and count nowhere. All counts are taken from the file's lines."""

import math
import random
from collections import Counter
from itertools import pairwise, product
from pathlib import Path

import conllu as oracle
import msgspec
import pytest
import torch

from lstm_viz.crf import NO_TAG
from lstm_viz.data.conllu import Sentence
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, Step
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.training import train
from lstm_viz.training.batches import labelled
from lstm_viz.training.checkpoints import load
from lstm_viz.training.corpora import CorpusError, read
from lstm_viz.training.evaluation import evaluate
from lstm_viz.training.loop import Training
from lstm_viz.training.task import prepare
from tests.training.conftest import conllu

TAGS = ("ADJ", "DET", "NOUN", "VERB")


def half_tagged(path: Path, sentences: int, seed: int, share: float = 0.6) -> Path:
    """Write a corpus in which some words, and all words of some sentences, have no tag."""
    drawn = random.Random(seed)
    lines = []
    for _ in range(sentences):
        none = drawn.random() < 0.2
        words = [
            drawn.choice(["a", "dog", "eats", "red", f"w{drawn.randrange(30)}"])
            for _ in range(drawn.randint(1, 6))
        ]
        lines.append(
            " ".join(f"{w}/{'_' if none or drawn.random() < share else drawn.choice(TAGS)}" for w in words)
        )
    path.write_text(conllu(*lines))
    return path


def counted(path: Path) -> Counter[str]:
    """Return how many words of each UPOS the conllu package finds."""
    return Counter(word["upos"] for sentence in oracle.parse(path.read_text()) for word in sentence)


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path]:
    return half_tagged(tmp_path / "train.conllu", 60, 1), half_tagged(tmp_path / "dev.conllu", 40, 2)


def settings_of(parts: tuple[Path, Path], **changes) -> TrainingSettings:
    made = TrainingSettings(
        corpus=(str(parts[0]),), dev=str(parts[1]), hidden_size=4, embedding_size=3, batch_size=4, epochs=2
    )
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize("decoder", ["argmax", "crf"])
@pytest.mark.parametrize("batch_size", [1, 4, 64])
def test_what_is_counted_is_what_has_a_tag(parts, tmp_path: Path, decoder: str, batch_size: int) -> None:
    trained, measured = (counted(path) for path in parts)
    lines = list(train(settings_of(parts, decoder=decoder, batch_size=batch_size), tmp_path / "run"))
    run = RunFolder(tmp_path / "run").run()
    assert run.tags == tuple(sorted(trained.keys() - {"_"})) == TAGS
    assert run.corpus.words == trained.total() - trained["_"]
    assert run.corpus.dev_words == measured.total() - measured["_"]
    for epoch in (line for line in lines if isinstance(line, Epoch)):
        support = Counter[str]()
        for true, said, count in epoch.confusion:
            support[run.tags[true]] += count
            assert 0 <= said < len(TAGS)
        assert support == Counter({tag: n for tag, n in measured.items() if tag != "_"})
        right = sum(count for true, said, count in epoch.confusion if true == said)
        assert epoch.dev_accuracy == right / support.total()
    for number in (1, 2):
        steps = [line for line in lines if isinstance(line, Step) and line.epoch == number]
        assert sum(line.tokens for line in steps) == run.corpus.words
        assert all(line.tokens > 0 and math.isfinite(line.loss) for line in steps)
    preset = load(tmp_path / "run", 2)
    assert preset.settings.tags == TAGS and preset.tagger.hidden_to_tag.out_features == len(TAGS)


def likelihood(tagger, tags: Vocabulary, sentence: Sentence) -> float:
    """Return −log p of the sentence's known tags, by every path through all tags."""
    with torch.no_grad():
        scores = tagger(tagger.batch([sentence.words]))[:, 0].double()
    wanted = [None if tag == "_" else tags.items.index(tag) for tag in sentence.tags]
    if tagger.chain is None:
        return -sum(float(scores[t, k]) for t, k in enumerate(wanted) if k is not None)
    start, ways, end = (
        p.detach().double() for p in (tagger.chain.start, tagger.chain.transitions, tagger.chain.end)
    )
    agreeing, every = [], []
    for path in product(range(len(tags)), repeat=len(wanted)):
        score = float(start[path[0]] + end[path[-1]] + sum(scores[t, k] for t, k in enumerate(path)))
        score += sum(float(ways[a, b]) for a, b in pairwise(path))
        every.append(score)
        if all(k is None or k == chosen for k, chosen in zip(wanted, path, strict=True)):
            agreeing.append(score)
    return float(torch.tensor(every).logsumexp(0) - torch.tensor(agreeing).logsumexp(0))


@pytest.mark.parametrize("decoder", ["argmax", "crf"])
def test_the_loss_is_that_of_the_known_tags_whatever_the_others_are(tmp_path: Path, decoder: str) -> None:
    path = half_tagged(tmp_path / "a.conllu", 12, 5, share=0.5)
    task = prepare(
        TrainingSettings(
            corpus=(str(path),),
            hidden_size=3,
            embedding_size=3,
            decoder=decoder,
            dropout=0.0,
            word_dropout=0.0,
            batch_size=50,
        )
    )
    training = Training(task)
    if training.tagger.chain is not None:
        for parameter in training.tagger.chain.parameters():
            torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
    tagger = training.tagger.eval()
    known = [likelihood(tagger, task.tags, sentence) for sentence in task.dev]
    words = sum(tag != "_" for sentence in task.dev for tag in sentence.tags)
    assert evaluate(tagger, task.tags, task.dev).loss == pytest.approx(sum(known) / words, rel=1e-4)
    events = training.events()
    next(events)
    assert next(events).line.loss == pytest.approx(sum(known) / words, rel=1e-4)


@pytest.mark.parametrize("decoder", ["argmax", "crf"])
def test_a_tag_that_is_only_in_dev_beside_words_without_one(tmp_path: Path, decoder: str) -> None:
    (tmp_path / "t").write_text(conllu("a/DET dog/NOUN", "a/_ cat/NOUN"))
    (tmp_path / "d").write_text(conllu("wow/INTJ a/_ dog/NOUN", "a/_ dog/NOUN"))
    task = prepare(
        TrainingSettings(
            corpus=(str(tmp_path / "t"),), dev=str(tmp_path / "d"), hidden_size=3, decoder=decoder
        )
    )
    assert task.tags.items == ("DET", "NOUN")
    found = evaluate(task.fresh_tagger(), task.tags, task.dev)
    assert Counter(true for true, _, n in found.confusion for _ in range(n)) == {1: 2, 2: 1}
    assert math.isfinite(found.loss)
    untagged, only_in_dev = map(str, task.remarks)
    assert (
        untagged.startswith("3 of 9 words have no tag")
        and "INTJ" in only_in_dev
        and "tag _" not in only_in_dev
    )


def test_a_word_without_a_tag_has_no_target(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(conllu("a/_ dog/NOUN", "b/X"))
    task = prepare(TrainingSettings(corpus=(str(tmp_path / "a"),)))
    _, targets = labelled(task.fresh_tagger(), task.tags, task.train)
    assert targets.T.tolist() == [[NO_TAG, 0], [1, NO_TAG]]


def test_sentences_without_any_tag_are_left_out_and_it_is_told(parts) -> None:
    found = read(settings_of(parts))
    for path, part in zip(parts, (found.train, found.dev), strict=True):
        theirs = oracle.parse(path.read_text())
        kept = [s for s in theirs if any(word["upos"] != "_" for word in s)]
        assert len(theirs) > len(kept) > 0
        assert [s.words for s in part] == [tuple(word["form"] for word in s) for s in kept]
    counts = counted(parts[0]) + counted(parts[1])
    assert str(found.remarks[0]).startswith(f"{counts['_']:,} of {counts.total():,} words have no tag")
    left_out = 100 - len(found.train) - len(found.dev)
    assert str(found.remarks[1]) == f"{left_out} of 100 sentences have no tag at all: they are left out."


def test_every_part_that_is_held_out_has_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu(*(f"w{n}/{'_' if n % 10 == 9 else 'X'}" for n in range(40))))
    found = read(TrainingSettings(corpus=(str(path),)))
    assert found.measured_on == "held out" and all(s.tagged for s in found.train + found.dev)
    assert len(found.train) + len(found.dev) == 36


@pytest.mark.parametrize("part", ["corpus", "dev"])
def test_a_part_without_any_tag_is_refused_by_its_name(parts, tmp_path: Path, part: str) -> None:
    bare = tmp_path / "bare.conllu"
    bare.write_text(conllu("the/_ dog/_", "a/_"))
    settings = settings_of(parts, **{part: str(bare) if part == "dev" else (str(parts[0]), str(bare))})
    with pytest.raises(CorpusError, match=r"^bare\.conllu has no tags"):
        read(settings)


def test_a_run_that_learnt_the_underscore_as_a_tag_is_not_resumed(parts, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    lines = train(settings_of(parts), folder.path)
    for _ in range(5):
        next(lines)
    lines.close()
    folder.write_run(msgspec.structs.replace(folder.run(), tags=("_", *TAGS)))
    with pytest.raises(RunError, match="cannot be resumed, only trained anew"):
        next(train(None, folder.path, resume=True))
