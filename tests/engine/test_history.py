"""A sentence through the epochs of a run."""

import gc
import weakref

import msgspec
import numpy as np
import pytest
import torch

from lstm_viz.engine import run_queries as module
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import MAX_WORDS, RunQueries
from lstm_viz.engine.runs import RunModels
from lstm_viz.messages import GradientFlowQuery, HistoryQuery, ReadQuery
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import encode, read_all
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training.checkpoints import write_checkpoint
from lstm_viz.uris import of_run
from tests.engine.trained import go_on, train, tutorial, write_corpus

SENTENCE = "The dog ate the apple"


@pytest.fixture
def desk():
    return RunQueries(RunModels())


def history_of(desk, run, text=SENTENCE, epochs=(0, 2, 4, 6), quantity="c", **more):
    """Return the last answer, in which all is known."""
    return list(desk.history(HistoryQuery(of_run(run), epochs, text, quantity, **more)))[-1]


def test_each_picture_is_what_the_sentence_page_shows_at_that_epoch(desk, tutorial_run):
    reader = Reader()
    for quantity in "ifgoch":
        answer = history_of(desk, tutorial_run, quantity=quantity)
        assert [picture.epoch for picture in answer.pictures] == [0, 2, 4, 6]
        for picture in answer.pictures:
            reading = reader.read(ReadQuery(f"run:{tutorial_run}", SENTENCE, epoch=picture.epoch), 1)
            np.testing.assert_allclose(picture.values, reading.view.quantities[quantity], atol=1e-6)
            assert picture.tags == tuple(word.tag for word in reading.words)
            np.testing.assert_allclose(
                picture.probabilities, [word.probability for word in reading.words], atol=1e-6
            )


def test_of_a_deleted_run_nothing_is_kept_when_another_is_opened(tutorial_run, copy_of, monkeypatch):
    taken, read_checkpoint = [], module.read_checkpoint
    monkeypatch.setattr(
        module,
        "read_checkpoint",
        lambda subject, words: taken.append(weakref.ref(subject.tagger)) or read_checkpoint(subject, words),
    )
    run, desk = copy_of(tutorial_run), RunQueries(RunModels())
    for _ in range(2):
        history_of(desk, run)
    assert len(taken) == 4 and all(tagger() for tagger in taken)
    run.rename(run.with_name("elsewhere"))
    history_of(desk, tutorial_run)
    gc.collect()
    assert [bool(tagger()) for tagger in taken] == 4 * [False] + 4 * [True]
    run.with_name("elsewhere").rename(run)
    history_of(desk, run)
    assert len(taken) == 12, "what it had said was kept"


def test_layer_and_direction_are_those_that_were_asked_for(desk, treebank_run):
    reader, text = Reader(), "They can't eat that"
    for layer, direction in ((0, 0), (0, 1), (1, 0), (1, 1)):
        (picture,) = history_of(
            desk, treebank_run, text, (2,), "n", layer=layer, direction=direction
        ).pictures
        view = reader.read(
            ReadQuery(f"run:{treebank_run}", text, epoch=2, layer=layer, direction=direction), 1
        ).view
        np.testing.assert_allclose(picture.values, view.quantities["n"], atol=1e-6)


def test_what_the_net_has_not_is_the_nearest_that_it_has(desk, treebank_run):
    answer = history_of(
        desk, treebank_run, quantity="c", epochs=(1,), layer=9, direction=9, module="char_recurrent"
    )
    assert answer.quantity == "h" and [m.path for m in answer.modules] == ["recurrent"]
    np.testing.assert_array_equal(
        answer.pictures[0].values,
        history_of(desk, treebank_run, quantity="h", epochs=(1,), layer=1, direction=1).pictures[0].values,
    )


def test_the_true_tags_are_those_of_the_runs_corpus(desk, tutorial_run, treebank_run):
    answer = history_of(desk, tutorial_run)
    assert (answer.gold, answer.is_gold) == (("DET", "NN", "V", "DET", "NN"), True)
    assert answer.words == tuple(SENTENCE.split()) and answer.epochs == (0, 2, 4, 6)
    of_dev = history_of(desk, treebank_run, "Wow that dog", (0,))
    assert (of_dev.gold, of_dev.is_gold) == (("INTJ", "DET", "NOUN"), True)
    cut_anew = history_of(desk, treebank_run, "That dog can't read", (0,))
    assert (cut_anew.gold, cut_anew.is_gold) == (("DET", "NOUN", "AUX", "PART", "VERB"), True)


def test_of_another_sentence_the_newest_checkpoint_says_the_tags(desk, tutorial_run):
    answer = history_of(desk, tutorial_run, "that apple read the zebra", epochs=(0, 2))
    newest = history_of(desk, tutorial_run, "that apple read the zebra", epochs=(6,)).pictures[0]
    assert not answer.is_gold and answer.gold == newest.tags


@pytest.mark.parametrize("what", ["gone", "changed", "malformed"])
def test_without_its_corpus_a_run_has_a_history(desk, tmp_path, what):
    corpus = write_corpus(tmp_path / "corpus.conllu")
    run = train(tmp_path / "run", TrainingSettings(corpus=(str(corpus),), hidden_size=4, epochs=1))
    assert history_of(desk, run, epochs=(1,)).is_gold
    match what:
        case "gone":
            corpus.unlink()
        case "changed":
            corpus.write_text(corpus.read_text().replace("\tNOUN\t", "\tX\t"))
        case "malformed":
            corpus.write_text("no columns at all\n")
    answer = history_of(desk, run, epochs=(1,))
    assert not answer.is_gold and len(answer.pictures) == 1


def test_an_epoch_without_a_checkpoint_is_left_out(desk, tutorial_run):
    answer = history_of(desk, tutorial_run, epochs=(6, 3, 0, 99))
    assert [picture.epoch for picture in answer.pictures] == [6, 0]


@pytest.mark.parametrize("text", ["", " \n\u2028"])
def test_no_words_have_no_pictures(desk, tutorial_run, text):
    answer = history_of(desk, tutorial_run, text)
    assert answer.words == () and answer.pictures == () and answer.modules and answer.epochs == (0, 2, 4, 6)


def test_a_page_of_words_is_cut(desk, tutorial_run):
    answer = history_of(desk, tutorial_run, "word " * 5000, epochs=(6,))
    assert len(answer.words) == MAX_WORDS == len(answer.pictures[0].values)


def test_a_new_checkpoint_is_among_the_epochs(desk, tmp_path):
    run = train(tmp_path / "run", tutorial(epochs=3, checkpoint_every=1), lines=1)
    assert history_of(desk, run, epochs=(0, 1)).epochs == (0,)
    go_on(run, lines=3)
    answer = history_of(desk, run, epochs=(0, 1))
    assert answer.epochs == (0, 1) and len(answer.pictures) == 2


def test_a_sentence_is_read_once_a_checkpoint(desk, tutorial_run, monkeypatch):
    taken, read_checkpoint = [], module.read_checkpoint
    monkeypatch.setattr(
        module,
        "read_checkpoint",
        lambda subject, words: taken.append(subject.identity.epoch) or read_checkpoint(subject, words),
    )
    history_of(desk, tutorial_run, epochs=(0, 2))
    history_of(desk, tutorial_run, epochs=(0, 2, 6), quantity="h")
    assert taken == [0, 2, 6]
    history_of(desk, tutorial_run, "The dog", epochs=(2,))
    assert taken == [0, 2, 6, 6, 2]  # of another sentence the newest says the tags


def test_a_damaged_checkpoint_is_left_out_and_said_last(desk, tutorial_run, copy_of, flip):
    run = copy_of(tutorial_run)
    flip(run, 2)
    flip(run, 6)
    parts = desk.history(HistoryQuery(of_run(run), (0, 2, 4, 6), "the zebra", "h"))
    answer = next(parts)
    assert [picture.epoch for picture in answer.pictures] == [0, 4]
    assert answer.gold == answer.pictures[1].tags  # the newest that is whole
    with pytest.raises(RunError, match=r"epoch 2 .* damaged"):
        next(parts)


def test_without_a_whole_checkpoint_there_is_no_answer(desk, tutorial_run, copy_of, flip):
    run = copy_of(tutorial_run)
    for epoch in (0, 2, 4, 6):
        flip(run, epoch)
    with pytest.raises(RunError, match="damaged"):
        history_of(desk, run)


def test_pictures_are_sent_as_they_are_known(desk, tutorial_run, monkeypatch):
    monkeypatch.setattr(module, "_PART_SECONDS", 0.0)
    parts = list(desk.history(HistoryQuery(of_run(tutorial_run), (0, 2, 4, 6), SENTENCE, "h")))
    assert [len(part.pictures) for part in parts] == [1, 2, 3, 4]
    assert [part.done for part in parts] == [False, False, False, True]
    assert all(part.gold == parts[0].gold for part in parts)


def test_a_chain_chooses_the_tags(desk, tmp_path):
    run = train(tmp_path / "run", tutorial(decoder="crf", epochs=2, checkpoint_every=2))
    models = RunModels()
    preset = models.load(run)
    with torch.no_grad():
        preset.tagger.chain.transitions.fill_(-50.0)
        preset.tagger.chain.transitions[2, 2] = 50.0
    name, digest = write_checkpoint(RunFolder(run), 2, preset.tagger)
    history = RunFolder(run).history
    lines = read_all(run).lines
    changed = [
        msgspec.structs.replace(line, sha256=digest) if getattr(line, "checkpoint", None) == name else line
        for line in lines
    ]
    history.write_bytes(b"".join(encode(line) + b"\n" for line in changed))
    (picture,) = history_of(desk, run, epochs=(2,)).pictures
    assert picture.tags == ("V",) * 5
    np.testing.assert_allclose(picture.probabilities, 1.0, atol=1e-5)


def test_a_word_without_a_tag_in_the_corpus_has_no_true_tag(desk, tmp_path):
    corpus = write_corpus(
        tmp_path / "c.conllu", [("The dog ate", "DET _ VERB"), ("Apple", "_"), ("A dog", "DET NOUN")]
    )
    run = train(tmp_path / "run", TrainingSettings(corpus=(str(corpus),), hidden_size=3, epochs=1))
    answer = history_of(desk, run, "The dog ate", (0,))
    assert (answer.gold, answer.is_gold) == (("DET", "", "VERB"), True)
    assert not history_of(desk, run, "Apple", (0,)).is_gold
    flowed = desk.gradient_flow(GradientFlowQuery(of_run(run), 1, "The dog ate"))
    assert flowed.targets == ("DET", "", "VERB")
    assert flowed.norms.any(1).tolist() == [True, False, True]
