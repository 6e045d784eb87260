"""By which rules a text is cut: a corpus keeps its words, the rest is cut as the run's treebank is."""

import os
from pathlib import Path

import pytest

from lstm_viz.data import conllu
from lstm_viz.data.surface import tokenized_sentence
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ConfusionQuery, HistoryQuery, ReadQuery
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.segmenter import has_segmenter
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training.segmenting import learn_for
from lstm_viz.uris import of_run
from tests.engine.trained import train

_ROWS = (
    ("Il va du parc au bois.", "Il va du=de+le parc au=à+le bois ."),
    ("Elle vient du bois.", "Elle vient du=de+le bois ."),
    ("Il parle au chat du parc.", "Il parle au=à+le chat du=de+le parc ."),
    ("Elle va au parc.", "Elle va au=à+le parc ."),
)


def _write(path: Path, rows=_ROWS * 3) -> Path:
    blocks = []
    for text, tokens in rows:
        lines, number = [f"# text = {text}"], 0
        for token in tokens.split():
            surface, _, words = token.partition("=")
            parts = words.split("+") if words else [surface]
            glued = "SpaceAfter=No" if text.startswith(f"{surface}.", text.find(surface)) else "_"
            if words:
                lines.append(f"{number + 1}-{number + len(parts)}\t{surface}" + "\t_" * 7 + f"\t{glued}")
            for part in parts:
                number += 1
                lines.append(f"{number}\t{part}\t_\tX" + "\t_" * 5 + f"\t{'_' if words else glued}")
        blocks.append("\n".join(lines) + "\n\n")
    path.write_text("".join(blocks), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def french_run(tmp_path_factory):
    """Return a run of a treebank with multiword tokens, whose segmenter has been learnt."""
    folder = tmp_path_factory.mktemp("french")
    corpus = str(_write(folder / "fr.conllu"))
    run = train(
        folder / "run",
        TrainingSettings(corpus=(corpus,), dev=corpus, hidden_size=3, embedding_size=3, epochs=1),
    )
    learn_for(RunFolder(run))
    return run


def _words(run, text, tokenized_texts=()):
    reading = Reader().read(ReadQuery(f"run:{run}", text, tokenized_texts=tokenized_texts), 1)
    return [word.text for word in reading.words], reading


def test_a_typed_sentence_is_cut_as_the_treebank_cuts(french_run):
    words, reading = _words(french_run, "Elle vient du parc.")
    assert words == ["Elle", "vient", "de", "le", "parc", "."] and reading.model.segmentation == "treebank"
    assert [word.surface for word in reading.words] == ["", "", "du", "du", "", ""]
    assert [(word.start, word.end) for word in reading.words[2:4]] == [(11, 13)] * 2


def test_every_sentence_of_the_corpus_opens_as_it_is(french_run):
    reader = Reader()
    for sentence in conllu.read(french_run.parent / "fr.conllu").sentences:
        tokenized = tokenized_sentence(sentence)
        reading = reader.read(ReadQuery(f"run:{french_run}", tokenized.text, tokenized_texts=(tokenized,)), 1)
        assert tuple(word.text for word in reading.words) == sentence.words
        assert tuple(word.gold for word in reading.words) == sentence.tags


def test_the_home_sentence_keeps_its_words(french_run):
    run = RunFolder(french_run).run()
    assert run.tracked_sentence == _ROWS[0][0]
    _, reading = _words(french_run, "Il")
    assert reading.model.tokenized_home == run.tracked_tokens
    assert [token.text for token in run.tracked_tokens.tokens][2:4] == ["de", "le"]


def test_without_a_segmenter_unicode_rules_are_used_and_named(french_run, copy_of):
    old = copy_of(french_run)
    (old / "segmenter.json").unlink()
    words, reading = _words(old, "Elle vient du parc.")
    assert words == ["Elle", "vient", "du", "parc", "."] and reading.model.segmentation == "unicode"


@pytest.mark.parametrize("name", ["segmenter.json", "segmenter.safetensors"])
def test_every_changed_byte_of_a_segmenter_is_noticed(french_run, copy_of, name):
    broken = copy_of(french_run)
    data = (broken / name).read_bytes()
    for place in range(0, len(data), max(1, len(data) // 40)):
        (broken / name).write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        words, reading = _words(broken, "Elle vient du parc.")
        assert reading.model.segmentation == "damaged" and words[2] == "du"
    (broken / name).unlink()
    assert _words(broken, "du")[1].model.segmentation in ("damaged", "unicode")


def test_a_segmenter_that_is_learnt_meanwhile_is_used(french_run, copy_of):
    run, reader = copy_of(french_run), Reader()
    (run / "segmenter.json").unlink()
    query = ReadQuery(f"run:{run}", "du parc")
    assert len(reader.read(query, 1).words) == 2
    learn_for(RunFolder(run))
    assert has_segmenter(run) and len(reader.read(query, 1).words) == 3


def test_bundled_corpora_are_cut_by_english_rules(tutorial_run):
    words, reading = _words(tutorial_run, "I don't")
    assert words == ["I", "do", "n't"] and reading.model.segmentation == "english"


def test_the_tracked_sentence_and_the_confusions_are_cut_alike(french_run, desk_of):
    desk = desk_of()
    (history,) = desk.history(HistoryQuery(of_run(french_run), (1,), "Elle va au bois.", "h"))
    assert history.words == ("Elle", "va", "à", "le", "bois", ".")
    tokenized = RunFolder(french_run).run().tracked_tokens
    (history,) = desk.history(
        HistoryQuery(of_run(french_run), (1,), tokenized.text, "h", tokenized_texts=(tokenized,))
    )
    assert history.is_gold and history.words == tuple(token.text for token in tokenized.tokens)
    found = desk.confusion(ConfusionQuery(of_run(french_run), 1, "X", "X"))
    assert found.sentences[0].words == conllu.read(french_run.parent / "fr.conllu").sentences[0].words


@pytest.fixture
def desk_of():
    from lstm_viz.engine.run_queries import RunQueries
    from lstm_viz.engine.runs import RunModels

    return lambda: RunQueries(RunModels())


@pytest.mark.parametrize(
    "name", ["fr_gsd-ud-test", "de_gsd-ud-dev", "ko_gsd-ud-dev", "vi_vtb-ud-dev", "en_ewt-ud-dev"]
)
def test_every_sentence_of_a_treebank_opens_with_its_words(name):
    folder = os.environ.get("LSTM_VIZ_DATA")
    if not folder or not (Path(folder) / f"{name}.conllu").exists():
        pytest.skip("LSTM_VIZ_DATA names no folder with this treebank")
    from lstm_viz.app.selection.tokenized_texts import as_typed
    from lstm_viz.subjects.tagger import load_preset

    subject = load_preset("tutorial", None)
    for sentence in conllu.read(Path(folder) / f"{name}.conllu").sentences:
        tokenized = as_typed(tokenized_sentence(sentence))
        assert subject.columns(tokenized.text, (tokenized,), 10_000).texts == sentence.words
