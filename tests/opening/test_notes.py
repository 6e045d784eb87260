"""Notes are guessed from layout and labels, checked against the layout, and kept beside the file."""

import msgspec
import pytest
import torch
from torch import nn

from lstm_viz.opening.describe import describe
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.inference import infer
from lstm_viz.opening.notes import ModelNotes, guessed, open_fields, problems
from lstm_viz.opening.notes_file import notes_path, read_notes, set_aside, write_notes


class Tagger(nn.Module):
    """The tagger of the tutorial, by the names of its author."""

    def __init__(self):
        super().__init__()
        self.word_embeddings = nn.Embedding(9, 6)
        self.lstm = nn.LSTM(6, 6)
        self.hidden2tag = nn.Linear(6, 3)


class LanguageModel(nn.Module):
    """The word language model of torch's examples."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Embedding(30, 8)
        self.rnn = nn.RNN(8, 8, 2)
        self.decoder = nn.Linear(8, 30)


class Seq2Seq(nn.Module):
    """An encoder and a decoder that read embeddings of their own, of the same sizes."""

    def __init__(self):
        super().__init__()
        for name in ("encoder", "decoder"):
            part = nn.Module()
            part.embedding, part.gru = nn.Embedding(20, 4), nn.GRU(4, 4)
            self.add_module(name, part)
        self.decoder.out = nn.Linear(4, 20)


class Classifier(nn.Module):
    """Two recurrent modules that read one another, and two linear layers with something between."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.GRU(5, 3, bidirectional=True), nn.LSTM(6, 4)
        self.fc1, self.fc2 = nn.Linear(4, 8), nn.Linear(8, 2)


class Speller(nn.Module):
    """Characters beside words: the input of the one that is read out is no embedding alone."""

    def __init__(self):
        super().__init__()
        self.char_emb, self.char_lstm = nn.Embedding(5, 3), nn.LSTM(3, 4)
        self.word_emb, self.word_lstm = nn.Embedding(7, 6), nn.LSTM(10, 6)
        self.out = nn.Linear(6, 2)


def _layout(model, tmp_path, **more):
    torch.save({"model": model.state_dict(), **more}, tmp_path / "model.pt")
    found = describe(tmp_path / "model.pt")
    return infer(found.state_dicts), found.labels


def _guess(model, tmp_path, **more):
    return guessed(*_layout(model, tmp_path, **more))


def test_the_tagger_of_the_tutorial_needs_words_and_tags_alone(tmp_path):
    layout, labels = _layout(Tagger(), tmp_path)
    notes = guessed(layout, labels)
    assert (notes.embedding, notes.recurrents, notes.readout) == ("word_embeddings", ("lstm",), "hidden2tag")
    assert "recurrents" not in open_fields(layout, notes) and "nonlinearities" not in open_fields(
        layout, notes
    )
    assert not problems(layout, notes) and not layout.notices


def test_words_and_tags_are_taken_from_the_file(tmp_path):
    words = dict(zip("abcdefghi", range(9), strict=True))
    notes = _guess(Tagger(), tmp_path, word_to_ix=words, tag_to_ix={"DET": 0, "NN": 1, "V": 2})
    assert notes.vocabulary == tuple("abcdefghi") and notes.outputs == ("DET", "NN", "V")


def test_two_lists_of_the_same_length_are_not_guessed(tmp_path):
    notes = _guess(Tagger(), tmp_path, one=["a", "b", "c"], other=["d", "e", "f"])
    assert notes.outputs == ()


def test_a_language_model_predicts_its_own_words(tmp_path):
    layout, labels = _layout(LanguageModel(), tmp_path, words=[*map(str, range(29)), "<unk>"])
    notes = guessed(layout, labels)
    assert notes.embedding == "encoder" and notes.readout == "decoder" and notes.output_kind == "tokens"
    assert notes.outputs == notes.vocabulary and notes.unknown == "<unk>"
    assert notes.nonlinearities == {"rnn": "tanh"} and "nonlinearities" in open_fields(layout, notes)
    assert [notice.code for notice in layout.notices] == ["recurrent_nonlinearity"]


def test_an_encoder_and_a_decoder_are_no_chain(tmp_path):
    notes = _guess(Seq2Seq(), tmp_path)
    assert notes.recurrents == ("decoder.gru",)
    assert (notes.embedding, notes.readout) == ("decoder.embedding", "decoder.out")


def test_what_is_between_two_linear_layers_is_not_guessed(tmp_path):
    notes = _guess(Classifier(), tmp_path)
    assert notes.recurrents == ("first", "second") and notes.embedding is None and notes.readout is None


def test_an_embedding_of_another_width_is_not_put_before(tmp_path):
    notes = _guess(Speller(), tmp_path)
    assert (notes.embedding, notes.recurrents, notes.readout) in (
        ("char_emb", ("char_lstm",), None),
        (None, ("word_lstm",), "out"),
    )


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        (ModelNotes(), "notes_without_recurrent"),
        (ModelNotes(recurrents=("gru",)), "notes_path"),
        (ModelNotes(recurrents=("lstm", "lstm")), "notes_twice"),
        (ModelNotes(recurrents=("lstm",), embedding="hidden2tag"), "notes_path"),
        (
            ModelNotes(recurrents=("lstm",), embedding="word_embeddings", vocabulary=("a",)),
            "notes_vocabulary",
        ),
        (ModelNotes(recurrents=("lstm",), readout="hidden2tag", outputs=("a",)), "notes_outputs"),
    ],
)
def test_notes_that_do_not_fit_say_why(notes, code, tmp_path):
    layout, _ = _layout(Tagger(), tmp_path)
    assert code in [problem.code for problem in problems(layout, notes)]


def test_parts_of_other_widths_do_not_fit(tmp_path):
    layout, _ = _layout(Speller(), tmp_path)
    notes = ModelNotes(recurrents=("word_lstm", "char_lstm"), embedding="word_emb", readout="out")
    assert [problem.code for problem in problems(layout, notes)] == ["notes_width"] * 3


NOTES = ModelNotes(
    recurrents=("lstm",), vocabulary=("the", ""), outputs=("Größe",), nonlinearities={"a": "relu"}
)


def test_notes_are_kept_beside_the_file(tmp_path):
    model = tmp_path / "model.pt"
    assert read_notes(model) is None
    write_notes(model, NOTES)
    assert notes_path(model).name == "model.pt.lstm-viz.json" and read_notes(model) == NOTES
    assert [path.name for path in tmp_path.iterdir()] == ["model.pt.lstm-viz.json"]


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"notes":{"recurrents":[1]}}', b'{"notes":{},"format":2}', b"[" * 10_000]
)
def test_damaged_notes_are_told_and_kept(data, tmp_path):
    model = tmp_path / "model.pt"
    notes_path(model).write_bytes(data)
    with pytest.raises(OpeningError) as error:
        read_notes(model)
    assert error.value.code == "notes_damaged"
    write_notes(model, NOTES)
    aside = tmp_path / "model.pt.lstm-viz.json.damaged"
    assert read_notes(model) == NOTES and aside.read_bytes() == data


def test_notes_that_are_no_file_are_told(tmp_path):
    model = tmp_path / "model.pt"
    notes_path(model).mkdir()
    with pytest.raises(OpeningError, match="not a regular file"):
        read_notes(model)
    assert set_aside(model).is_dir()


def test_more_notes_than_can_be_read_are_not_written(tmp_path):
    many = msgspec.structs.replace(NOTES, vocabulary=("x" * 100,) * 100_000)
    with pytest.raises(OSError, match="larger"):
        write_notes(tmp_path / "model.pt", many)
    assert not list(tmp_path.iterdir())


def test_of_several_linear_layers_the_last_is_the_readout(tmp_path):
    module = nn.ModuleDict({"lstm": nn.LSTM(2, 4), "attention": nn.Linear(4, 1), "out": nn.Linear(4, 3)})
    assert _guess(module, tmp_path).readout == "out"
