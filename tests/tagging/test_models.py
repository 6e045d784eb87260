from itertools import product

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence

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


# ---------------------------------------------------------------- batches


def packed(tagger: WordTagger, sentences: list[list[str]]) -> torch.Tensor:
    """Return what the tagger computes where each net reads packed sequences, and each word is spelled."""
    x = tagger.word_embedding(pad_sequence([torch.tensor(WORDS.indices(s)) for s in sentences]))
    if isinstance(tagger, CharWordTagger):
        x = torch.cat([x, torch.zeros(*x.shape[:2], 4)], -1)
        for b, sentence in enumerate(sentences):
            letters = [torch.tensor(tagger.characters.indices(tagger.spelling(word))) for word in sentence]
            spelled = pack_sequence([tagger.char_embedding(word) for word in letters], enforce_sorted=False)
            x[: len(sentence), b, 5:] = tagger.char_recurrent(spelled)[1][0][0]
    lengths = [len(sentence) for sentence in sentences]
    output = tagger.recurrent(pack_padded_sequence(x, lengths, enforce_sorted=False))[0]
    return tagger.scores(pad_packed_sequence(output)[0])


@pytest.mark.parametrize(("kind", "cell", "num_layers", "bidirectional"), EVERY)
def test_a_batch_has_the_numbers_and_gradients_of_packing(kind, cell, num_layers, bidirectional) -> None:
    tagger = make(kind, cell, num_layers, bidirectional)
    sentences = [SHORT, SENTENCE, ["dog"], ["a-long-" + "word" * 20, "dog", "dog", "ate"]]
    batch = tagger.batch(sentences)
    pair = [scores[batch.mask] for scores in (tagger(batch), packed(tagger, sentences))]
    torch.testing.assert_close(*pair, atol=1e-6, rtol=0)
    weight = torch.randn(pair[0].shape, generator=torch.Generator().manual_seed(1))
    gradients = [torch.autograd.grad((scores * weight).sum(), list(tagger.parameters())) for scores in pair]
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, atol=2e-6, rtol=1e-5)


def test_each_different_word_is_spelled_once_short_words_first() -> None:
    """Words of one length stand in the order in which they come, so that every process draws alike."""
    tagger = make(CharWordTagger)
    batch = tagger.batch([["dog", "the", "dog"], ["apple", "ate"], ["The", "a", "log", "hog"]])
    columns = zip(batch.characters.T.tolist(), batch.character_lengths.tolist(), strict=True)
    spelled = ["".join(CHARACTERS.items[c] for c in column[:length]) for column, length in columns]
    assert spelled == ["a", "dog", "the", "ate", "The", "log", "hog", "apple"]
    assert batch.spelled.tolist() == [[1, 7, 4], [2, 3, 0], [1, 0, 5], [0, 0, 6]]


def test_more_words_than_the_character_net_reads_at_once() -> None:
    tagger = make(CharWordTagger)
    words = [f"{'the' * (n % 15)}{n}" for n in range(400)]
    together = tagger.inputs(words)
    alone = torch.cat([tagger.inputs([word]) for word in words])
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=0)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", [WordTagger, CharWordTagger])
def test_a_batch_goes_to_another_device(kind, bidirectional) -> None:
    """On the meta device nothing is computed, but a tensor that stayed behind is found."""
    tagger = make(kind, bidirectional=bidirectional).to("meta")
    batch = tagger.batch([SENTENCE, SENTENCE if bidirectional else SHORT]).to("meta")
    assert {batch.words.device.type, batch.mask.device.type, batch.spelled.device.type} == {"meta"}
    assert {batch.lengths.device.type, batch.character_lengths.device.type} == {"cpu"}
    scores = tagger(batch)
    assert (scores.device.type, scores.shape) == ("meta", (6, 2, 3))
    assert tagger.decode(scores, batch.lengths).shape == (6, 2)
    loss = tagger.loss(scores, torch.zeros(6, 2, dtype=torch.long, device="meta"), batch.lengths)
    assert loss.device.type == "meta"
