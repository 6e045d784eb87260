from itertools import product

import pytest
import torch
from torch import nn

from lstm_viz.tagging.models import MAX_CHARACTERS, CharWordTagger, Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

WORDS = Vocabulary(("The", "dog", "ate", "the", "apple"))
CHARACTERS = Vocabulary.of("".join(WORDS.items))
SENTENCE = ["The", "dog", "ate", "unknown", "\ud800", "我"]
SHORT = ["the", "apple"]


def sizes(cell="LSTM", num_layers=1, bidirectional=False, characters=True) -> Sizes:
    char_sizes = (3, 4) if characters else (0, 0)
    return Sizes(5, 6, cell, num_layers, bidirectional, *char_sizes)


def make(kind: type[WordTagger], cell="LSTM", num_layers=1, bidirectional=False) -> WordTagger:
    torch.manual_seed(0)
    if kind is WordTagger:
        return WordTagger(WORDS, 3, sizes(cell, num_layers, bidirectional, characters=False)).eval()
    return CharWordTagger(WORDS, CHARACTERS, 3, sizes(cell, num_layers, bidirectional)).eval()


EVERY = list(product((WordTagger, CharWordTagger), ("LSTM", "GRU", "RNN"), (1, 2), (False, True)))


@pytest.mark.parametrize(("kind", "cell", "num_layers", "bidirectional"), EVERY)
def test_the_three_parts_make_the_whole(kind, cell, num_layers, bidirectional) -> None:
    tagger = make(kind, cell, num_layers, bidirectional)
    x = tagger.inputs(SENTENCE)
    assert x.shape == (6, 1, sum(size for _, size in tagger.parts))
    assert type(tagger.recurrent) is {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}[cell]
    assert (tagger.recurrent.num_layers, tagger.recurrent.bidirectional) == (num_layers, bidirectional)
    scores = tagger.scores(tagger.recurrent(x)[0])
    assert scores.shape == (6, 1, 3)
    torch.testing.assert_close(scores.exp().sum(-1), torch.ones(6, 1))
    torch.testing.assert_close(tagger(tagger.batch([SENTENCE])), scores)


@pytest.mark.parametrize(("kind", "cell", "num_layers", "bidirectional"), EVERY)
def test_a_sentence_of_a_batch_reads_as_it_does_alone(kind, cell, num_layers, bidirectional) -> None:
    tagger = make(kind, cell, num_layers, bidirectional)
    together = tagger(tagger.batch([SHORT, SENTENCE, ["dog"]]))
    assert together.shape == (6, 3, 3)
    for place, sentence in enumerate([SHORT, SENTENCE, ["dog"]]):
        alone = tagger(tagger.batch([sentence]))[:, 0]
        torch.testing.assert_close(together[: len(sentence), place], alone)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("kind", [WordTagger, CharWordTagger])
def test_a_state_can_be_kept_and_carried_on(kind, cell) -> None:
    tagger = make(kind, cell, num_layers=2)
    whole, _ = tagger.recurrent(tagger.inputs(SENTENCE))
    first, state = tagger.recurrent(tagger.inputs(SENTENCE[:2]))
    rest, _ = tagger.recurrent(tagger.inputs(SENTENCE[2:]), state)
    torch.testing.assert_close(torch.cat([first, rest]), whole)


def test_the_characters_part_is_the_character_nets_last_hidden_state() -> None:
    tagger = make(CharWordTagger)
    assert isinstance(tagger, CharWordTagger)
    assert tagger.parts == (("word", 5), ("characters", 4))
    x = tagger.inputs(SENTENCE)[:, 0]
    for place, word in enumerate(SENTENCE):
        letters = tagger.char_embedding(torch.tensor(tagger.characters.indices(word)))
        output, _ = tagger.char_recurrent(letters)
        torch.testing.assert_close(x[place, 5:], output[-1])
        torch.testing.assert_close(x[place, :5], tagger.word_embedding.weight[WORDS.indices([word])[0]])


def test_a_long_word_is_spelled_by_its_first_characters() -> None:
    tagger = make(CharWordTagger)
    assert isinstance(tagger, CharWordTagger)
    long = "the" * 30
    assert tagger.spelling(long) == long[:MAX_CHARACTERS]
    assert torch.equal(tagger.inputs([long]), tagger.inputs([long[:MAX_CHARACTERS]]))
    assert not torch.equal(tagger.inputs([long]), tagger.inputs([long[: MAX_CHARACTERS - 1]]))


@pytest.mark.parametrize("kind", [WordTagger, CharWordTagger])
def test_the_recurrent_modules_are_where_it_says(kind) -> None:
    tagger = make(kind)
    found = {path for path, module in tagger.named_modules() if isinstance(module, nn.RNNBase)}
    assert found == set(tagger.recurrent_modules())
    assert tagger.recurrent_modules()["recurrent"] == "words"
    assert tagger.recurrent_modules().get("char_recurrent", "characters") == "characters"


def test_the_unknown_takes_nothing_from_the_random_stream() -> None:
    torch.manual_seed(3)
    embedding, recurrent, linear = nn.Embedding(5, 5), nn.LSTM(5, 6), nn.Linear(6, 3)
    torch.manual_seed(3)
    tagger = WordTagger(WORDS, 3, sizes(characters=False))
    assert torch.equal(tagger.word_embedding.weight[:-1], embedding.weight)
    assert torch.equal(tagger.word_embedding.weight[-1], torch.zeros(5))
    assert torch.equal(tagger.recurrent.weight_hh_l0, recurrent.weight_hh_l0)
    assert torch.equal(tagger.hidden_to_tag.weight, linear.weight)


def test_unknown_words_and_characters_are_learnt_apart_from_all_known_ones() -> None:
    tagger = make(CharWordTagger)
    assert isinstance(tagger, CharWordTagger)
    tagger(tagger.batch([["我"]])).sum().backward()
    for embedding in (tagger.word_embedding, tagger.char_embedding):
        touched = embedding.weight.grad.abs().sum(1).nonzero().flatten()
        assert touched.tolist() == [embedding.num_embeddings - 1] == [len(embedding.weight) - 1]


def test_dropout_drops_in_training_only() -> None:
    torch.manual_seed(0)
    tagger = CharWordTagger(WORDS, CHARACTERS, 3, sizes(), dropout=0.5)
    batch = tagger.batch([SENTENCE])
    assert not torch.equal(tagger(batch), tagger(batch))
    tagger.eval()
    assert torch.equal(tagger(batch), tagger(batch))


@pytest.mark.parametrize("kind", [WordTagger, CharWordTagger])
@pytest.mark.parametrize("sentences", [[], [[]], [["a"], []], [["a", ""]]])
def test_an_empty_sentence_or_word_is_refused(kind, sentences) -> None:
    with pytest.raises(ValueError, match="at least one word"):
        make(kind).batch(sentences)


@pytest.mark.parametrize(
    "bad",
    [
        {"hidden_size": 0},
        {"num_layers": -1},
        {"char_embedding_size": 2},
        {"char_hidden_size": 2},
        {"hidden_size": 10**9},
    ],
)
def test_impossible_sizes_are_refused(bad) -> None:
    with pytest.raises(ValueError, match="a size of the tagger is not between 1 and"):
        Sizes(**{"embedding_size": 4, "hidden_size": 4, **bad})
