"""The two taggers: words in, the log-probability of every tag out.

Shapes: T words, B sentences, N words of all B sentences together, C characters, I input size of the
recurrent net, H its hidden size, D its directions, K tags.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from lstm_viz.tagging.vocabulary import Vocabulary

Cell = Literal["LSTM", "GRU", "RNN"]
Reads = Literal["words", "characters"]

#: A word's character net reads this many of its characters, from the first on.
MAX_CHARACTERS = 40
#: The target of a place where a shorter sentence of a batch has no word.
NO_TAG = -100

_MAX_SIZE = 65536
_CELLS = MappingProxyType({"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN})


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a tagger; the two of the character net are 0 where there is none.

    Raises
    ------
    ValueError
        If a size is out of bounds, or only one of the character net's is zero.
    """

    embedding_size: int
    hidden_size: int
    cell: Cell = "LSTM"
    num_layers: int = 1
    bidirectional: bool = False
    char_embedding_size: int = 0
    char_hidden_size: int = 0

    def __post_init__(self) -> None:
        characters = self.char_embedding_size, self.char_hidden_size
        sizes = (
            self.embedding_size,
            self.hidden_size,
            self.num_layers,
            *(characters if any(characters) else ()),
        )
        if min(sizes) < 1 or max(sizes) > _MAX_SIZE:
            raise ValueError(f"a size of the tagger is not between 1 and {_MAX_SIZE}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Sentences as indices, the shorter ones padded with the unknown's index.

    Attributes
    ----------
    words : Tensor (T, B)
    lengths : Tensor (B,)
        How many words each sentence has.
    characters : Tensor (C, N)
        The characters of all words, first words first: the order of ``words[mask]``. Empty where the tagger
        reads none.
    character_lengths : Tensor (N,)
    """

    words: Tensor
    lengths: Tensor
    characters: Tensor
    character_lengths: Tensor

    @property
    def mask(self) -> Tensor:
        """(T, B): where there is a word."""
        return torch.arange(len(self.words))[:, None] < self.lengths


class WordTagger(nn.Module):
    """A word's embedding → LSTM, GRU or RNN → linear → log-softmax.

    A word that is not in the vocabulary has an embedding of its own; it starts as zeros and takes nothing
    from the random stream, so that the other weights are drawn as without it.

    Attributes
    ----------
    words : Vocabulary
    recurrent : nn.LSTM, nn.GRU or nn.RNN
        Reads `inputs`, word after word; its state can be kept and carried on.
    parts : tuple of (str, int)
        What the recurrent net's input is made of, in order: ``(("word", 64), ("characters", 32))``.
    """

    def __init__(self, words: Vocabulary, num_tags: int, sizes: Sizes, dropout: float = 0.0) -> None:
        super().__init__()
        self.words = words
        self.parts = self._parts(sizes)
        self.word_embedding = _embedding(words, sizes.embedding_size)
        self.recurrent = _CELLS[sizes.cell](
            sum(size for _, size in self.parts),
            sizes.hidden_size,
            sizes.num_layers,
            bidirectional=sizes.bidirectional,
        )
        self.hidden_to_tag = nn.Linear(sizes.hidden_size * (1 + sizes.bidirectional), num_tags)
        self.dropout = nn.Dropout(dropout)

    def recurrent_modules(self) -> Mapping[str, Reads]:
        """Return the path of every recurrent module and what its columns are."""
        return {"recurrent": "words"}

    def batch(self, sentences: Sequence[Sequence[str]]) -> Batch:
        """Return the sentences as indices; raises ValueError where one has no word or a word is empty."""
        if not sentences or not all(sentences) or not all(map(all, sentences)):
            raise ValueError("a sentence has at least one word, and a word at least one character")
        rows = [torch.tensor(self.words.indices(sentence)) for sentence in sentences]
        lengths = torch.tensor([len(row) for row in rows])
        none = torch.empty(0, dtype=torch.long)
        return Batch(pad_sequence(rows, padding_value=self.words.unknown), lengths, none, none)

    def embed(self, batch: Batch) -> Tensor:
        """Return what the recurrent net reads: (T, B, I)."""
        x: Tensor = self.word_embedding(batch.words)
        return x

    def inputs(self, words: Sequence[str]) -> Tensor:
        """Return what the recurrent net reads for one sentence: (T, 1, I). T is at least 1."""
        return self.embed(self.batch([words]))

    def scores(self, output: Tensor) -> Tensor:
        """Return the log-probability of each tag, (T, B, K), for the recurrent net's output (T, B, D·H)."""
        logits: Tensor = self.hidden_to_tag(output)
        return logits.log_softmax(-1)

    def forward(self, batch: Batch) -> Tensor:
        """Return the log-probabilities (T, B, K); where a sentence has no word they mean nothing."""
        x = self.dropout(self.embed(batch))
        if bool((batch.lengths == len(x)).all()):
            output, _ = self.recurrent(x)
        else:
            packed = pack_padded_sequence(x, batch.lengths, enforce_sorted=False)
            output, _ = pad_packed_sequence(self.recurrent(packed)[0])
        return self.scores(self.dropout(output))

    def _parts(self, sizes: Sizes) -> tuple[tuple[str, int], ...]:
        return (("word", sizes.embedding_size),)


class CharWordTagger(WordTagger):
    """A `WordTagger` that also spells: a character LSTM's last hidden state joins the word's embedding.

    The character LSTM reads each word anew from zero, forward, at most `MAX_CHARACTERS` of its characters;
    one call reads all words of a batch. It is what the exercise of PyTorch's tutorial "Sequence Models and
    Long Short-Term Memory Networks" asks for.

    Attributes
    ----------
    characters : Vocabulary
    char_recurrent : nn.LSTM
    """

    def __init__(
        self, words: Vocabulary, characters: Vocabulary, num_tags: int, sizes: Sizes, dropout: float = 0.0
    ) -> None:
        super().__init__(words, num_tags, sizes, dropout)
        self.characters = characters
        self.char_embedding = _embedding(characters, sizes.char_embedding_size)
        self.char_recurrent = nn.LSTM(sizes.char_embedding_size, sizes.char_hidden_size)

    def recurrent_modules(self) -> Mapping[str, Reads]:
        """Return the path of every recurrent module and what its columns are."""
        return {"recurrent": "words", "char_recurrent": "characters"}

    def batch(self, sentences: Sequence[Sequence[str]]) -> Batch:
        """Return the sentences as indices; raises ValueError where one has no word or a word is empty."""
        plain = super().batch(sentences)
        spellings = [
            torch.tensor(self.characters.indices(self.spelling(sentence[time])))
            for time in range(len(plain.words))
            for sentence in sentences
            if time < len(sentence)
        ]
        lengths = torch.tensor([len(spelling) for spelling in spellings])
        return Batch(plain.words, plain.lengths, pad_sequence(spellings), lengths)

    def embed(self, batch: Batch) -> Tensor:
        """Return what the recurrent net reads: (T, B, I), the word's part before its characters'."""
        letters = self.dropout(self.char_embedding(batch.characters))
        packed = pack_padded_sequence(letters, batch.character_lengths, enforce_sorted=False)
        _, (spelled, _) = self.char_recurrent(packed)
        placed = spelled.new_zeros(*batch.words.shape, spelled.shape[-1])
        placed[batch.mask] = spelled[0]
        return torch.cat([super().embed(batch), placed], -1)

    def spelling(self, word: str) -> str:
        """Return the characters that the character LSTM reads of a word: the columns of its trace."""
        return word[:MAX_CHARACTERS]

    def _parts(self, sizes: Sizes) -> tuple[tuple[str, int], ...]:
        return (*super()._parts(sizes), ("characters", sizes.char_hidden_size))


def _embedding(vocabulary: Vocabulary, size: int) -> nn.Embedding:
    """Return an embedding drawn as PyTorch draws it, and below it a row of zeros for the unknown."""
    embedding = nn.Embedding(len(vocabulary), size)
    embedding.weight = nn.Parameter(torch.cat([embedding.weight.detach(), torch.zeros(1, size)]))
    embedding.num_embeddings += 1
    return embedding
