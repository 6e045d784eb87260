from collections import Counter

import msgspec
import pytest

from lstm_viz.data.conllu import Sentence
from lstm_viz.engine import run_queries as module
from lstm_viz.engine.confusion import MOST_SENTENCES, confused
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.runs import RunModels
from lstm_viz.messages import ConfusionQuery, ReadQuery
from lstm_viz.runs import history
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training.checkpoints import load
from lstm_viz.training.corpora import CorpusError
from lstm_viz.uris import of_run
from tests.engine.trained import DEV, train, write_corpus


@pytest.fixture
def desk():
    return RunQueries(RunModels())


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_it_lists_what_the_trainer_counted(desk, treebank_run, epoch):
    """Every pair of tags, against the confusions in the history."""
    line = next(
        line
        for line in history.read_all(treebank_run).lines
        if isinstance(line, Epoch) and line.epoch == epoch
    )
    counted = {(true, said): count for true, said, count in line.confusion}
    tags = RunFolder(treebank_run).run().tags
    for true, gold in enumerate((*tags, "")):
        for said, tag in enumerate(tags):
            answer = desk.confusion(ConfusionQuery(of_run(treebank_run), epoch, gold, tag))
            assert sum(len(s.places) for s in answer.sentences) == counted.get((true, said), 0)
            assert answer.total == len(answer.sentences) and answer.epoch == epoch
    assert sum(counted.values()) == sum(len(tags.split()) for _, tags in DEV)


def test_the_places_are_those_of_the_words(desk, treebank_run):
    preset = load(treebank_run, 3)
    found = Counter()
    for text, gold in DEV:
        batch = preset.tagger.batch([text.split()])
        chosen = preset.tagger.decode(preset.tagger(batch), batch.lengths)[:, 0].tolist()
        for place, (true, said) in enumerate(zip(gold.split(), chosen, strict=True)):
            found[text, place, true, preset.settings.tags[said]] += 1
    (text, place, true, said), _ = found.most_common(1)[0]
    answer = desk.confusion(ConfusionQuery(of_run(treebank_run), 3, true, said))
    assert any(
        s.tokenized.text == text and place in s.places and s.words == tuple(text.split())
        for s in answer.sentences
    )


def test_unknown_true_tags_stand_together():
    sentences = (Sentence(("a", "b", "c"), ("X", "N", "Y"), "a b c"),)
    (all_unknown,) = confused(sentences, ((0, 0, 0),), ("N", "V"), "Y", "N")
    assert all_unknown == (sentences[0], (0, 2))
    assert confused(sentences, ((0, 0, 0),), ("N", "V"), "N", "V") == []
    assert confused(sentences, ((0, 0, 0),), ("N", "V"), "N", "no tag") == []


def test_a_text_is_given_that_is_cut_into_the_words_again(desk, tmp_path):
    """Else a click on a word would lead to another one."""
    corpus = tmp_path / "dev.conllu"
    write_corpus(
        corpus, [("That dog can't read", "DET NOUN AUX PART VERB"), ("The apple ate", "DET NOUN VERB")]
    )
    corpus.write_text(corpus.read_text().replace("# text = The apple ate", "# text = The-apple-ate"))
    settings = TrainingSettings(
        corpus=(str(write_corpus(tmp_path / "train.conllu", [("dog", "NOUN")])),),
        dev=str(corpus),
        hidden_size=3,
        epochs=1,
    )
    run = train(tmp_path / "run", settings)
    reader = Reader()
    for gold in ("DET", "NOUN", "VERB"):
        for sentence in desk.confusion(ConfusionQuery(of_run(run), 1, gold, "NOUN")).sentences:
            read = reader.read(
                ReadQuery(f"run:{run}", sentence.tokenized.text, tokenized_texts=(sentence.tokenized,)), 1
            )
            assert tuple(word.text for word in read.words) == sentence.words
            assert tuple(word.gold for word in read.words) == sentence.tokenized.tags
    texts = {s.tokenized.text for s in desk.confusion(ConfusionQuery(of_run(run), 1, "", "NOUN")).sentences}
    assert texts == {"That dog can't read", "The apple ate"}


def test_many_are_counted_and_some_listed(desk, tmp_path):
    corpus = write_corpus(tmp_path / "dev.conllu", [("the dog", "DET NOUN")] * 250)
    train_part = write_corpus(tmp_path / "train.conllu", [("dog", "NOUN")])
    run = train(
        tmp_path / "run",
        TrainingSettings(corpus=(str(train_part),), dev=str(corpus), hidden_size=3, epochs=1),
    )
    answer = desk.confusion(ConfusionQuery(of_run(run), 1, "", "NOUN"))
    assert answer.total == 250 and len(answer.sentences) == MOST_SENTENCES


def test_the_sentences_are_tagged_once_a_checkpoint(desk, treebank_run, monkeypatch):
    tagged, tag_all = [], module.tag_all
    monkeypatch.setattr(module, "tag_all", lambda *args: tagged.append(1) or tag_all(*args))
    for epoch, tag in ((3, "NOUN"), (3, "VERB"), (1, "NOUN"), (3, "DET")):
        desk.confusion(ConfusionQuery(of_run(treebank_run), epoch, "NOUN", tag))
    assert len(tagged) == 2


def test_without_the_sentences_it_is_said(desk, tmp_path, treebank_run, copy_of):
    dev = write_corpus(tmp_path / "dev.conllu", DEV)
    settings = TrainingSettings(
        corpus=(str(write_corpus(tmp_path / "train.conllu")),), dev=str(dev), hidden_size=3, epochs=1
    )
    run = train(tmp_path / "run", settings)
    query = ConfusionQuery(of_run(run), 1, "NOUN", "NOUN")
    desk.confusion(query)
    write_corpus(dev, DEV[:2])
    with pytest.raises(CorpusError, match="changed meanwhile"):
        desk.confusion(query)
    dev.unlink()
    with pytest.raises(CorpusError, match=r"dev\.conllu cannot be read"):
        desk.confusion(query)
    own = copy_of(treebank_run)
    written = RunFolder(own).run()
    RunFolder(own).write_run(msgspec.structs.replace(written, settings=None))
    with pytest.raises(CorpusError, match="does not say"):
        desk.confusion(ConfusionQuery(of_run(own), 1, "NOUN", "NOUN"))


def test_a_word_without_a_tag_is_in_no_confusion():
    sentences = (Sentence(("a", "b", "c"), ("_", "N", "Y"), "a b c"), Sentence(("a",), ("_",)))
    tagged = ((0, 0, 0), (0,))
    for tags in (("N", "V"), ("N", "_")):
        found = [confused(sentences, tagged, tags, gold, "N") for gold in ("N", "", "_", "Y")]
        assert [[places for _, places in listed] for listed in found] == [
            [(1,)],
            [(2,)],
            [(2,)] if "_" not in tags else [],
            [(2,)],
        ]
