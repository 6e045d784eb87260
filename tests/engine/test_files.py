"""Models in files in the real engine loop; the oracles are the models of their authors."""

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from lstm_viz.engine.files import FileModels
from lstm_viz.messages import (
    AblationQuery,
    AttributionQuery,
    Failure,
    InputQuery,
    ReadQuery,
    ScoreQuery,
)
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.notes import ModelNotes
from lstm_viz.opening.notes_file import notes_path, write_notes
from lstm_viz.uris import of_file
from tests.engine.in_process import engine_of
from tests.taggers import SENTENCE, TAGS, WORDS, log_probabilities, tutorial_tagger

_NOTES = ModelNotes(
    recurrents=("lstm",),
    embedding="word_embeddings",
    readout="hidden2tag",
    vocabulary=WORDS,
    outputs=TAGS,
)


@pytest.fixture
def engine():
    with engine_of() as engine:
        yield engine


@pytest.fixture
def tagger(tmp_path):
    """Return the tutorial's tagger, and the URI of the file of it with notes beside it."""
    path, tagger = tmp_path / "tagger.pt", tutorial_tagger()
    torch.save(tagger.state_dict(), path)
    write_notes(path, _NOTES)
    return tagger, of_file(path)


def test_the_tagger_of_the_tutorial_tags_as_its_author_has_it(engine, tagger):
    author, uri = tagger
    reading = engine.ask(ReadQuery(uri, SENTENCE))
    expected = log_probabilities(author, SENTENCE.split())
    np.testing.assert_allclose(reading.scores, expected, atol=1e-6)
    assert [word.tag for word in reading.words] == [TAGS[k] for k in expected.argmax(-1)]
    assert reading.model.tags == TAGS and reading.model.home == SENTENCE and reading.model.hint is None
    assert [module.path for module in reading.model.modules] == ["lstm"]
    assert reading.model.is_sequential and "linear_scores" in reading.model.capabilities
    with torch.no_grad():
        h, _ = author.lstm(author.word_embeddings(torch.tensor([0, 1, 2, 3, 4]))[:, None])
    np.testing.assert_allclose(reading.view.quantities["h"], h[:, 0].numpy(), atol=1e-6)
    assert reading.view.max_error < 1e-6 and not reading.model.notices


@pytest.mark.parametrize("query", [AttributionQuery, AblationQuery])
def test_its_scores_are_explained(engine, tagger, query):
    read = ReadQuery(tagger[1], SENTENCE, step=1)
    result = engine.ask(query(engine.ask(read).number, read, "NN", "margin"))
    assert not isinstance(result, Failure) and result.tag == "NN"


def test_a_score_is_the_sum_that_its_author_computes(engine, tagger):
    author, uri = tagger
    reading = engine.ask(ReadQuery(uri, SENTENCE))
    score = engine.ask(ScoreQuery(reading.number, 1, "NN"))
    weights = author.hidden2tag.weight[1].detach().numpy()
    np.testing.assert_allclose(score.weights, weights)
    np.testing.assert_allclose(weights @ score.h + score.bias, score.logits[1], atol=1e-6)
    np.testing.assert_allclose(score.value, log_probabilities(author, SENTENCE.split())[1, 1], atol=1e-6)
    (row,) = engine.ask(InputQuery(reading.number, 1)).parts
    np.testing.assert_allclose(row.values, author.word_embeddings.weight[1].detach().numpy())
    assert (row.name, row.row, row.known) == ("word_embeddings", 1, True)


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize(("kind", "pooling"), [("tags", "steps"), ("values", "steps"), ("classes", "final")])
def test_modules_that_read_one_another_and_other_readouts(engine, tmp_path, kind, pooling, batch_first):
    torch.manual_seed(4)
    first, second = nn.LSTM(3, 4, 2, bidirectional=True), nn.GRU(8, 5, bidirectional=True)
    out, embedding = nn.Linear(10, 2), nn.Embedding(6, 3)
    modules = nn.ModuleDict({"a": first, "b": second, "out": out, "emb": embedding})
    torch.save(modules.state_dict(), tmp_path / "stack.pt")
    notes = ModelNotes(
        recurrents=("a", "b"), embedding="emb", readout="out", batch_first=batch_first,
        output_kind=kind, pooling=pooling, outputs=("no", "yes"),
    )  # fmt: skip
    write_notes(tmp_path / "stack.pt", notes)
    reading = engine.ask(ReadQuery(of_file(tmp_path / "stack.pt"), "5 0 3", module="b", direction=1))
    with torch.no_grad():
        output, h = second(first(embedding(torch.tensor([[5], [0], [3]])))[0])
        read = output[:, 0] if pooling == "steps" else torch.cat((h[0], h[1]), -1)
        expected = out(read)
    wanted = expected if kind == "values" else expected.log_softmax(-1)
    np.testing.assert_allclose(reading.scores, wanted.numpy(), atol=1e-6)
    np.testing.assert_allclose(reading.view.quantities["h"], output[:, 0, 5:].numpy(), atol=1e-6)


def test_a_word_that_is_no_input_is_left_out(engine, tagger):
    author, uri = tagger
    reading = engine.ask(ReadQuery(uri, "The cat ate ate <pad"))
    assert [word.text for word in reading.words] == ["The", "ate", "ate"]
    assert [str(why) for why in reading.skipped] == [
        "“cat” is not in the vocabulary",
        "“<pad” is not in the vocabulary",
    ]
    expected = log_probabilities(author, ["The", "ate", "ate"])
    np.testing.assert_allclose(reading.scores, expected, atol=1e-6)
    empty = engine.ask(ReadQuery(uri, "cat"))
    assert not empty.words and empty.view is None and len(empty.skipped) == 1


def test_without_a_vocabulary_token_numbers_are_typed(engine, tagger, tmp_path):
    author, uri = tagger
    notes_path(tmp_path / "tagger.pt").unlink()
    reading = engine.ask(ReadQuery(uri, "5 6 7 8 9"))
    assert [word.text for word in reading.words] == ["5", "6", "7", "8"]
    assert "0 to 8" in str(reading.skipped[0]) and "0 to 8" in str(reading.model.hint)
    np.testing.assert_allclose(reading.scores, log_probabilities(author, WORDS[5:]), atol=1e-6)
    assert reading.model.home == "0 1 2 3 4" and reading.model.modules[0].reads == "steps"


def test_vectors_are_typed_where_there_is_no_embedding(engine, tmp_path):
    torch.manual_seed(2)
    module = nn.GRU(2, 3).double()
    save_file(module.state_dict(), tmp_path / "gru.safetensors")
    uri = of_file(tmp_path / "gru.safetensors")
    reading = engine.ask(ReadQuery(uri, "0.5,-1 2 1,2,3 nan"))
    with torch.no_grad():
        expected, _ = module(torch.tensor([[[0.5, -1.0]], [[2.0, 2.0]]]).double())
    np.testing.assert_allclose(reading.view.quantities["h"], expected[:, 0].numpy(), atol=1e-12)
    assert len(reading.skipped) == 2 and reading.model.capabilities == ("weights",)


def test_a_cell_is_run_over_the_steps(engine, tmp_path):
    torch.manual_seed(3)
    cell, h, states = nn.GRUCell(1, 4), None, []
    save_file({f"cell.{name}": weight for name, weight in cell.state_dict().items()}, tmp_path / "cell")
    reading = engine.ask(ReadQuery(of_file(tmp_path / "cell"), "1 -0.5 2"))
    with torch.no_grad():
        for x in (1.0, -0.5, 2.0):
            h = cell(torch.tensor([[x]]), h)
            states.append(h[0].numpy())
    np.testing.assert_allclose(reading.view.quantities["h"], states, atol=1e-6)
    assert reading.view.module.path == "cell" and [word.text for word in reading.words] == ["1", "-0.5", "2"]


def test_a_file_that_changes_is_read_anew_and_says_so(engine, tagger, tmp_path):
    uri, other = tagger[1], tutorial_tagger(seed=2)
    assert not engine.ask(ReadQuery(uri, SENTENCE)).model.notices
    torch.save(other.state_dict(), tmp_path / "new.pt")
    (tmp_path / "new.pt").replace(tmp_path / "tagger.pt")
    reading = engine.ask(ReadQuery(uri, SENTENCE))
    np.testing.assert_allclose(reading.scores, log_probabilities(other, SENTENCE.split()), atol=1e-6)
    assert [notice.code for notice in reading.model.notices] == ["file_reread"]


def test_other_notes_are_taken_without_a_word(engine, tagger, tmp_path):
    uri = tagger[1]
    engine.ask(ReadQuery(uri, SENTENCE))
    names = ("A", "B", "C")
    write_notes(tmp_path / "tagger.pt", msgspec.structs.replace(_NOTES, vocabulary=(), outputs=names))
    reading = engine.ask(ReadQuery(uri, "0 1"))
    assert reading.model.tags == names and not reading.model.notices


def test_what_of_a_file_is_not_run_is_said(engine, tmp_path):
    tagger = tutorial_tagger()
    tagger.attention = nn.Parameter(torch.zeros(3))
    torch.save(tagger.state_dict(), tmp_path / "more.pt")
    reading = engine.ask(ReadQuery(of_file(tmp_path / "more.pt"), "0 1"))
    assert [notice.code for notice in reading.model.notices] == ["layout_others"]


class _Code:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"\0\1\2"), "file_unknown"),
        (lambda path: path.write_text("words"), "file_without_weights"),
        (lambda path: torch.save({"a": _Code()}, path), "pickle_asks"),
        (lambda path: torch.jit.script(nn.LSTM(2, 3)).save(str(path)), "file_torchscript"),
        (lambda path: torch.save(nn.Linear(2, 3).state_dict(), path), "notes_do_not_fit"),
        (lambda path: None, "file_unreadable"),
    ],
    ids=["bytes", "text", "code", "TorchScript", "no recurrent module", "missing"],
)
@pytest.mark.filterwarnings("ignore:.*TorchScript.*", "ignore:.*torch.jit.*")
def test_a_file_that_is_refused_says_why(engine, tmp_path, capfd, make, code):
    make(tmp_path / "file")
    failure = engine.ask(ReadQuery(of_file(tmp_path / "file"), "0 1"))
    assert isinstance(failure, Failure) and failure.code == code and "file" in failure.message
    assert "run" not in capfd.readouterr().out


def test_a_file_is_read_once(tagger, tmp_path):
    models = FileModels()
    subject = models.load(tmp_path / "tagger.pt")
    assert models.load(tmp_path / "tagger.pt") is subject
    (tmp_path / "tagger.pt").unlink()
    with pytest.raises(OpeningError, match="cannot be read"):
        models.load(tmp_path / "tagger.pt")
