"""A model made of a file computes what its author's model computes."""

import msgspec
import pytest
import torch
from torch import nn

from lstm_viz import capture
from lstm_viz.opening.describe import describe
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.inference import infer
from lstm_viz.opening.inputs import WordError
from lstm_viz.opening.notes import ModelNotes, guessed
from lstm_viz.rebuilding.model import rebuild
from tests.taggers import WORDS, LSTMTagger


class Stack(nn.Module):
    """Batch-first modules, a projection and an RNN with relu."""

    def __init__(self):
        super().__init__()
        self.net = nn.Module()
        self.net.a = nn.LSTM(3, 6, 2, batch_first=True, bidirectional=True, proj_size=2)
        self.net.b = nn.RNN(4, 5, batch_first=True, nonlinearity="relu")

    def forward(self, x):
        return self.net.b(self.net.a(x)[0])[0]


def _open(model, path, **more):
    torch.save({"model": model.state_dict(), **more}, path)
    weights = describe(path)
    return weights, infer(weights.state_dicts)


def _rebuilt(model, path, notes=None, **more):
    weights, layout = _open(model, path, **more)
    return rebuild(weights, layout, notes or guessed(layout, weights.labels))


def test_the_tagger_of_the_tutorial_tags(tmp_path):
    author = LSTMTagger(6, 6, 9, 3).eval()
    words = {word: row for row, word in enumerate(WORDS)}
    model = _rebuilt(author, tmp_path / "tagger.pt", word_to_ix=words, tag_to_ix={"DET": 0, "NN": 1, "V": 2})
    rows, columns = model.encode("Everybody read that book")
    with torch.no_grad():
        found, expected = model.module(rows)[:, 0], author(rows[:, 0])
    assert torch.equal(found.log_softmax(-1), expected) and columns == ["Everybody", "read", "that", "book"]
    assert model.decode(found) == (found, ["DET", "NN", "V"])
    assert model.notes.outputs == ("DET", "NN", "V") and not model.notices
    assert model.module.state_dict().keys() == author.state_dict().keys()
    assert isinstance(model.readout, nn.Linear) and model.embedding.num_embeddings == 9


def test_its_gates_are_traced_under_the_path_of_its_author(tmp_path):
    model = _rebuilt(LSTMTagger(6, 6, 9, 3), tmp_path / "tagger.pt")
    with torch.no_grad(), capture(model.module) as captured:
        model.module(torch.tensor([[0], [3], [8]]))
    assert captured["lstm"].i.shape == (1, 1, 3, 1, 6) and captured["lstm"].max_error < 1e-5


@pytest.mark.parametrize("text", ["0 cat", "0 9", "0 -1", "0 ²", "0 " + "1" * 30])
def test_without_a_vocabulary_words_are_indices(text, tmp_path):
    model = _rebuilt(LSTMTagger(6, 6, 9, 3), tmp_path / "file")
    assert model.encode("0 8")[0].tolist() == [[0], [8]]
    with pytest.raises(WordError, match="0 to 8") as error:
        model.encode(text)
    assert error.value.word == text.split()[1]


def test_without_an_embedding_vectors_are_typed(tmp_path):
    model = _rebuilt(nn.LSTM(2, 3), tmp_path / "file")
    assert model.encode("0.5,1 2")[0].tolist() == [[[0.5, 1.0]], [[2.0, 2.0]]]
    with pytest.raises(WordError, match="“word” is no vector: 2 numbers"):
        model.encode("word")


def test_a_word_that_is_in_no_vocabulary_is_told(tmp_path):
    with pytest.raises(WordError, match="“cat” is not in the vocabulary") as error:
        _rebuilt(LSTMTagger(6, 6, 9, 3), tmp_path / "file", words=list(WORDS)).encode("The cat")
    assert error.value.word == "cat"


class Classifier(nn.Module):
    """A class for each sequence, of the states that ``pool`` makes of output and h_n."""

    def __init__(self, pool):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(3, 4, bidirectional=True), nn.Linear(8, 2)
        self.pool = pool

    def forward(self, x):
        output, (h, _) = self.lstm(x)
        return self.fc(self.pool(output, h))


_POOLS = {
    "last": lambda output, h: output[-1],
    "final": lambda output, h: torch.cat((h[-2], h[-1]), -1),
    "mean": lambda output, h: output.mean(0),
    "max": lambda output, h: output.max(0).values,
}


@pytest.mark.parametrize("pooling", _POOLS)
def test_a_classifier_reads_the_states_of_all_steps(pooling, tmp_path):
    author, x = Classifier(_POOLS[pooling]).eval(), torch.randn(5, 2, 3)
    notes = ModelNotes(recurrents=("lstm",), readout="fc", pooling=pooling, output_kind="classes")
    model = _rebuilt(author, tmp_path / "file", notes)
    with torch.no_grad():
        assert torch.equal(model.module(x), author(x))
        again = _rebuilt(author, tmp_path / "file", msgspec.structs.replace(notes, batch_first=True))
        torch.testing.assert_close(again.module(x.transpose(0, 1)), author(x))


def test_unknown_words_are_the_one_that_stands_for_them(tmp_path):
    words = [*WORDS[:8], "<unk>"]
    model = _rebuilt(LSTMTagger(6, 6, 9, 3), tmp_path / "file", words=words)
    assert model.encode("The cat")[0].tolist() == [[0], [8]]


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # oneDNN has none
def test_modules_that_read_one_another_are_a_chain(tmp_path):
    author, x = Stack().eval(), torch.randn(2, 7, 3)
    notes = ModelNotes(recurrents=("net.a", "net.b"), nonlinearities={"net.b": "relu"}, batch_first=True)
    model = _rebuilt(author, tmp_path / "file", notes)
    with torch.no_grad():
        assert torch.equal(model.module(x), author(x))


@pytest.mark.parametrize("kind", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_a_cell_is_run_step_by_step(kind, tmp_path):
    cell, x = kind(3, 4), torch.randn(5, 2, 3)
    model = _rebuilt(cell, tmp_path / "file")
    state, states = None, []
    with torch.no_grad():
        for step in x:
            state = cell(step, state)
            states.append(state[0] if isinstance(state, tuple) else state)
        assert torch.equal(model.module(x), torch.stack(states))


def test_double_precision_stays(tmp_path):
    lstm, x = nn.LSTM(3, 4).double(), torch.randn(5, 1, 3, dtype=torch.float64)
    model = _rebuilt(lstm, tmp_path / "file")
    with torch.no_grad():
        assert torch.equal(model.module(x), lstm(x)[0])


def test_halves_are_computed_in_single_precision(tmp_path):
    lstm = nn.LSTM(3, 4)
    model = _rebuilt(lstm.half(), tmp_path / "file")
    assert model.recurrents[0].weight_hh_l0.dtype == torch.float32
    assert torch.equal(model.recurrents[0].weight_hh_l0, lstm.weight_hh_l0.float())


def test_weights_that_are_not_finite_are_told(tmp_path):
    lstm = nn.LSTM(3, 4)
    with torch.no_grad():
        lstm.bias_hh_l0[2] = torch.nan
    (notice,) = _rebuilt(lstm, tmp_path / "file").notices
    assert notice.code == "weights_not_finite" and notice.parameters == {"name": "lstm.bias_hh_l0"}


def test_a_weight_that_is_computed_in_an_unknown_way_is_refused(tmp_path):
    lstm = nn.LSTM(3, 4)
    torch.nn.utils.parametrizations.orthogonal(lstm, "weight_hh_l0")
    weights, layout = _open(lstm, tmp_path / "file")
    assert "weights_parametrized" in [notice.code for notice in layout.notices]
    with pytest.raises(OpeningError, match="how one of its weights is computed"):
        rebuild(weights, layout, guessed(layout))


def test_notes_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(OpeningError, match="no such module"):
        _rebuilt(nn.LSTM(3, 4), tmp_path / "file", ModelNotes(recurrents=("rnn",)))


def test_names_that_modules_have_are_no_obstacle(tmp_path):
    root = nn.Module()
    root.add_module("embedding", nn.Embedding(4, 3))
    root.add_module("net", nn.GRU(3, 2))
    root.net.add_module("out", nn.Linear(2, 2))
    weights = {name.replace("net.", "forward."): value for name, value in root.state_dict().items()}
    torch.save(weights, tmp_path / "file")
    found = describe(tmp_path / "file")
    layout = infer(found.state_dicts)
    model = rebuild(found, layout, guessed(layout))
    with torch.no_grad():
        rows = torch.tensor([[0], [3]])
        expected = root.net.out(root.net(root.embedding(rows))[0])
        assert torch.equal(model.module(rows), expected)
