"""The tagger of PyTorch's tutorial, as its author has and saves it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

WORDS = ("The", "dog", "ate", "the", "apple", "Everybody", "read", "that", "book")
TAGS = ("DET", "NN", "V")
SENTENCE = "The dog ate the apple"


class LSTMTagger(nn.Module):
    """As the tutorial has it."""

    def __init__(self, embedding_dim: int, hidden_dim: int, vocab_size: int, tagset_size: int) -> None:
        super().__init__()
        self.hidden_dim = hidden_dim
        self.word_embeddings = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim)
        self.hidden2tag = nn.Linear(hidden_dim, tagset_size)

    def forward(self, sentence: torch.Tensor) -> torch.Tensor:
        embeds = self.word_embeddings(sentence)
        lstm_out, _ = self.lstm(embeds.view(len(sentence), 1, -1))
        tag_space = self.hidden2tag(lstm_out.view(len(sentence), -1))
        return nn.functional.log_softmax(tag_space, dim=1)


def tutorial_tagger(seed: int = 1) -> LSTMTagger:
    """Return the tagger, untrained."""
    torch.manual_seed(seed)
    tagger = LSTMTagger(6, 6, len(WORDS), len(TAGS))
    tagger.eval()
    return tagger


def log_probabilities(tagger: LSTMTagger, words: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return what the tagger itself computes for words, (T, 3)."""
    with torch.no_grad():
        found: torch.Tensor = tagger(torch.tensor([WORDS.index(word) for word in words]))
    return found.numpy()
