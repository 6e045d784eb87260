"""The two taggers: recurrent networks from words to the log-probabilities of tags.

Shapes: T words, B sentences, N words of all B sentences together, C characters, I input size of the recurrent
module, H its hidden size, D its directions, K tags.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn.functional import nll_loss
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_viz.crf import NO_TAG, LinearChain, word_mask
from lstm_viz.tagging.vocabulary import Vocabulary

__all__ = [
    "MAX_CHARACTERS",
    "Batch",
    "Cell",
    "CharWordTagger",
    "Decoder",
    "Reads",
    "Sizes",
    "WordTagger",
]

Cell = Literal["LSTM", "GRU", "RNN"]
Reads = Literal["words", "characters"]
Decoder = Literal["argmax", "crf"]

#: The character-level module reads at most this many characters of a word, from the first.
MAX_CHARACTERS = 40

_MAX_SIZE, _MAX_LAYERS = 65536, 64
_GROUP = 128  # words of similar length per call of the character LSTM: padding costs more than a call


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a tagger; both character sizes are 0 without a character-level module.

    ``decoder`` is how tags are predicted from the scores: "argmax" word by word, "crf" for the whole sentence
    by a `LinearChain`.

    Raises
    ------
    ValueError
        If a size is out of bounds, only one of the character sizes is zero, or there is no such decoder.
    """

    embedding_size: int
    hidden_size: int
    cell: Cell = "LSTM"
    num_layers: int = 1
    bidirectional: bool = False
    char_embedding_size: int = 0
    char_hidden_size: int = 0
    decoder: Decoder = "argmax"

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
        if self.num_layers > _MAX_LAYERS:
            raise ValueError(f"the tagger has more than {_MAX_LAYERS} layers")
        if self.decoder not in get_args(Decoder):
            raise ValueError(f"{self.decoder!r} is not a decoder; there are {', '.join(get_args(Decoder))}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Sentences as indices, the shorter ones padded with the index of unknown words.

    Attributes
    ----------
    words : Tensor (T, B)
    lengths : Tensor (B,)
        The number of words of each sentence.
    characters : Tensor (C, U)
        The characters of the batch's U distinct words, short words first. Empty for a tagger without
        characters.
    character_lengths : Tensor (U,)
        The number of characters of each of them, ascending.
    spelled : Tensor (T, B)
        The index of each word among them; 0 past a sentence's end. Empty for a tagger without characters.
    """

    words: Tensor
    lengths: Tensor
    characters: Tensor
    character_lengths: Tensor
    spelled: Tensor

    @property
    def mask(self) -> Tensor:
        """The mask (T, B) of the words, on their device."""
        return word_mask(len(self.words), self.lengths, self.words.device)

    def to(self, device: torch.device | str) -> "Batch":
        """Return the batch on ``device``; the lengths stay on the CPU, as torch needs them for packing."""
        words, characters, spelled = (t.to(device) for t in (self.words, self.characters, self.spelled))
        return replace(self, words=words, characters=characters, spelled=spelled)


class WordTagger(nn.Module):
    """Word embedding → LSTM, GRU or RNN → linear → log-softmax.

    Unknown words share an embedding of their own; it is initialized to zeros without using the random number
    generator, so that the other weights do not depend on it.

    Attributes
    ----------
    words : Vocabulary
    recurrent : nn.LSTM, nn.GRU or nn.RNN
        Reads `inputs`, word by word.
    chain : LinearChain or None
        Decodes the tags of a sentence together; None for the argmax of each word. Also initialized to zeros
        without using the random number generator.
    parts : tuple of (str, int)
        The parts of the input of ``recurrent``, in order: ``(("word", 64), ("characters", 32))``.
    """

    def __init__(self, words: Vocabulary, num_tags: int, sizes: Sizes, dropout: float = 0.0) -> None:
        super().__init__()
        self.words = words
        self.parts = self._parts(sizes)
        self.word_embedding = _embedding(words, sizes.embedding_size)
        self.recurrent = getattr(nn, sizes.cell)(
            sum(size for _, size in self.parts),
            sizes.hidden_size,
            sizes.num_layers,
            bidirectional=sizes.bidirectional,
        )
        self.hidden_to_tag = nn.Linear(sizes.hidden_size * (1 + sizes.bidirectional), num_tags)
        self.chain = LinearChain(num_tags) if sizes.decoder == "crf" else None
        self.dropout = nn.Dropout(dropout)

    def recurrent_modules(self) -> Mapping[str, Reads]:
        """Return the path of every recurrent module and what its columns are."""
        return {"recurrent": "words"}

    def batch(self, sentences: Sequence[Sequence[str]]) -> Batch:
        """Return the sentences as indices; raises ValueError where one has no word or a word is empty."""
        if not sentences or not all(sentences) or not all(map(all, sentences)):
            raise ValueError("a sentence has at least one word, and a word at least one character")
        words = _padded([self.words.indices(sentence) for sentence in sentences], self.words.unknown)
        none = torch.empty(0, dtype=torch.long)
        return Batch(words, torch.tensor([len(sentence) for sentence in sentences]), none, none, none)

    def embed(self, batch: Batch) -> Tensor:
        """Return the input of the recurrent module, (T, B, I)."""
        x: Tensor = self.word_embedding(batch.words)
        return x

    def inputs(self, words: Sequence[str]) -> Tensor:
        """Return the input of the recurrent module for one sentence, (T, 1, I). T is at least 1."""
        return self.embed(self.batch([words]))

    def scores(self, output: Tensor) -> Tensor:
        """Return the log-probability of each tag, (T, B, K), for the recurrent module's output (T, B, D·H).

        They are those of each word by itself, also with a chain: log-softmax subtracts a constant from a
        word's scores, which changes neither the chain's likelihood nor its best path.
        """
        return self.logits(output).log_softmax(-1)

    def logits(self, output: Tensor) -> Tensor:
        """Return the logits, (T, B, K), of which `scores` is the log-softmax."""
        logits: Tensor = self.hidden_to_tag(output)
        return logits

    def loss(self, scores: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
        """Return the negative log-likelihood of the true tags, summed over the words.

        Parameters
        ----------
        scores : Tensor (T, B, K)
            Log-probabilities, from `forward`.
        targets : Tensor (T, B)
            Tags; `NO_TAG` past a sentence's end. A word with `NO_TAG` is ignored: a chain sums over all of
            its tags.
        lengths : Tensor (B,)

        Returns
        -------
        Tensor ()
            In nats. For the mean, divide by the number of words that have a tag.
        """
        if self.chain is None:
            return nll_loss(scores.flatten(0, 1), targets.flatten(), ignore_index=NO_TAG, reduction="sum")
        return -self.chain.log_likelihood(scores, targets, lengths).sum()

    def decode(self, scores: Tensor, lengths: Tensor) -> Tensor:
        """Return the predicted tags, (T, B), for scores (T, B, K); `NO_TAG` past a sentence's end."""
        if self.chain is not None:
            return self.chain.decode(scores, lengths)
        return scores.argmax(-1).masked_fill(~word_mask(len(scores), lengths, scores.device), NO_TAG)

    def forward(self, batch: Batch) -> Tensor:
        """Return the log-probabilities (T, B, K); undefined past a sentence's end."""
        x = self.dropout(self.embed(batch))
        if not self.recurrent.bidirectional or bool((batch.lengths == len(x)).all()):
            output, _ = self.recurrent(x)  # unidirectional: words do not depend on the padding after them
        else:
            packed = pack_padded_sequence(x, batch.lengths, enforce_sorted=False)
            output, _ = pad_packed_sequence(self.recurrent(packed)[0])
        return self.scores(self.dropout(output))

    def _parts(self, sizes: Sizes) -> tuple[tuple[str, int], ...]:
        return (("word", sizes.embedding_size),)


class CharWordTagger(WordTagger):
    """A `WordTagger` that concatenates the last hidden state of a character LSTM to the word embedding.

    The character LSTM reads at most `MAX_CHARACTERS` characters of each word, forward and from the zero
    state. It reads each distinct word of a batch once: in training, equal words of a batch have the same
    dropout mask on their characters. This is the exercise of PyTorch's tutorial "Sequence Models and Long
    Short-Term Memory Networks".

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
        spellings = [[self.spelling(word) for word in sentence] for sentence in sentences]
        different = sorted(dict.fromkeys(word for sentence in spellings for word in sentence), key=len)
        place = {word: column for column, word in enumerate(different)}
        return replace(
            plain,
            characters=_padded([self.characters.indices(word) for word in different]),
            character_lengths=torch.tensor([len(word) for word in different]),
            spelled=_padded([[place[word] for word in sentence] for sentence in spellings]),
        )

    def embed(self, batch: Batch) -> Tensor:
        """Return the input of the recurrent module, (T, B, I): word embedding, then character state."""
        letters = self.dropout(self.char_embedding(batch.characters))
        groups = [slice(first, first + _GROUP) for first in range(0, letters.shape[1], _GROUP)]
        last = [self._last_hidden(letters[:, group], batch.character_lengths[group]) for group in groups]
        return torch.cat([super().embed(batch), torch.cat(last)[batch.spelled]], -1)

    def spelling(self, word: str) -> str:
        """Return the characters of a word that the character LSTM reads: the columns of its trace."""
        return word[:MAX_CHARACTERS]

    def _last_hidden(self, letters: Tensor, lengths: Tensor) -> Tensor:
        """Return the state after each word's last character, (U, H), from padded letters (C, U, E).

        A unidirectional module does not depend on the padding at the end, which costs less than packing.
        """
        output, _ = self.char_recurrent(letters[: int(lengths.max())])
        last: Tensor = output[lengths - 1, torch.arange(len(lengths))]
        return last

    def _parts(self, sizes: Sizes) -> tuple[tuple[str, int], ...]:
        return (*super()._parts(sizes), ("characters", sizes.char_hidden_size))


def _padded(rows: Sequence[Sequence[int]], filler: int = 0) -> Tensor:
    """Return the rows as columns, (longest, B), the shorter ones padded."""
    return torch.tensor(list(zip_longest(*rows, fillvalue=filler)))


def _embedding(vocabulary: Vocabulary, size: int) -> nn.Embedding:
    """Return an embedding with PyTorch's initialization, and a last row of zeros for unknown words."""
    weight = torch.empty(len(vocabulary) + 1, size)  # torch.cat on "meta" imports torch._dynamo
    nn.init.normal_(weight[:-1])
    nn.init.zeros_(weight[-1])
    embedding: nn.Embedding = nn.Embedding.from_pretrained(weight, freeze=False)  # type: ignore[no-untyped-call]
    return embedding
