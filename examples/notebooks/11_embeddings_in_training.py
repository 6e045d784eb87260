# %% [markdown]
# # Embeddings as they drift in training
#
# An embedding begins as random numbers. The training moves each word's row, and rows of words with the same
# tag move the same way. To see it on paper, six numbers a word have to become two: the two directions in
# which the trained rows differ most, their principal axes. All epochs are drawn on the same two axes, so
# that a trail is a motion of the word and not of the paper.

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(1)

sentences = [
    (["The", "dog", "ate", "the", "apple"], ["DET", "NN", "V", "DET", "NN"]),
    (["Everybody", "read", "that", "book"], ["NN", "V", "DET", "NN"]),
]
words = list(dict.fromkeys(word for sentence, _ in sentences for word in sentence))
tags = ["DET", "NN", "V"]


# %%
class Tagger(nn.Module):
    """Scores of the tags for each word."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(words), 6)
        self.lstm = nn.LSTM(6, 6)
        self.head = nn.Linear(6, len(tags))

    def forward(self, sentence):
        return self.head(self.lstm(self.embedding(sentence)[:, None])[0][:, 0])


def indices(sentence):
    """Return the rows of the words in the embedding."""
    return torch.tensor([words.index(word) for word in sentence])


# %%
model = Tagger()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
history = [model.embedding.weight.detach().clone()]
for _ in range(300):
    for sentence, truth in sentences:
        model.zero_grad()
        target = torch.tensor([tags.index(tag) for tag in truth])
        nn.functional.cross_entropy(model(indices(sentence)), target).backward()
        optimizer.step()
    history.append(model.embedding.weight.detach().clone())
embeddings = torch.stack(history).double()  # (epochs, words, 6)

# %% [markdown]
# The principal axes are those of the last epoch: the right singular vectors of its centred rows. The share
# of the variance says how much of the truth is on the paper.

# %%
centre = embeddings[-1].mean(0)
_, singular_values, axes = torch.linalg.svd(embeddings[-1] - centre, full_matrices=False)
trails = (embeddings - centre) @ axes[:2].T  # (epochs, words, 2)
share = singular_values[:2].square().sum() / singular_values.square().sum()
print(f"on two axes: {share:.0%} of the variance")
for word, start, end in zip(words, trails[0].tolist(), trails[-1].tolist(), strict=True):
    print(f"{word:10} {start[0]:+.2f} {start[1]:+.2f}  →  {end[0]:+.2f} {end[1]:+.2f}")

# %% [markdown]
# A run that `lstm-viz train` writes has such a map on the Training page: "Embeddings".


# %%
def encode(text):
    """Return the words that the tagger knows."""
    known = [word for word in text.split() if word in words] or ["The"]
    return indices(known), known


if __name__ == "__main__":
    text = "The dog ate the apple"
    lstm_viz.show(
        model,
        encode=encode,
        decode=lambda scores: (scores, tags),
        text=text,
        reads="words",
        title="Embeddings",
    )
