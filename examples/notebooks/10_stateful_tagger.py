# %% [markdown]
# # A tagger that keeps its state
#
# An older form of the tagger keeps the state in the module, `self.hidden`, and sets it to zeros before each
# sentence of the training. If that is forgotten when the tagger is used, a sentence is read with the state
# that the last one has left: the scores of its first words are others.

# %%
import torch
from torch import nn
from torch.nn import functional

import lstm_viz

# The tutorial's random numbers: those that were drawn before it made its tagger.
torch.manual_seed(1)
nn.LSTM(3, 3)
for shape in [(1, 3)] * 5 + [(1, 1, 3)] * 4:
    torch.randn(shape)

# %%
training_data = [
    (["The", "dog", "ate", "the", "apple"], ["DET", "NN", "V", "DET", "NN"]),
    (["Everybody", "read", "that", "book"], ["NN", "V", "DET", "NN"]),
]
vocabulary = {}
for sentence, _ in training_data:
    for word in sentence:
        vocabulary.setdefault(word, len(vocabulary))
tagset = ["DET", "NN", "V"]


# %%
class StatefulTagger(nn.Module):
    """Log-probabilities of the tags for each word, from the state that the last sentence has left."""

    def __init__(self):
        super().__init__()
        self.word_embeddings = nn.Embedding(len(vocabulary), 6)
        self.lstm = nn.LSTM(6, 6)
        self.hidden2tag = nn.Linear(6, len(tagset))
        self.hidden = self.init_hidden()

    def init_hidden(self):
        """Return the state before anything was read."""
        return (torch.zeros(1, 1, 6), torch.zeros(1, 1, 6))

    def forward(self, sentence):
        embeds = self.word_embeddings(sentence).view(len(sentence), 1, -1)
        lstm_out, self.hidden = self.lstm(embeds, self.hidden)
        return functional.log_softmax(self.hidden2tag(lstm_out[:, 0]), dim=1)


def indices(words):
    """Return the rows of the words in the embedding."""
    return torch.tensor([vocabulary[word] for word in words])


model = StatefulTagger()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(300):
    for words, tags in training_data:
        model.zero_grad()
        model.hidden = model.init_hidden()
        target = torch.tensor([tagset.index(tag) for tag in tags])
        functional.nll_loss(model(indices(words)), target).backward()
        optimizer.step()

# %% [markdown]
# First with the state of the last training sentence, then with zeros.

# %%
first_sentence = indices(training_data[0][0])
left = tuple(state.detach() for state in model.hidden)
with torch.no_grad():
    carried = model(first_sentence)
    model.hidden = model.init_hidden()
    fresh = model(first_sentence)
print(carried)
print(fresh)
print("largest change:", (carried - fresh).abs().amax(1))


# %%
class FromLeftState(nn.Module):
    """The tagger as a function: each time from the state that the training has left."""

    def __init__(self):
        super().__init__()
        self.tagger = model

    def forward(self, sentence):
        self.tagger.hidden = left
        return self.tagger(sentence)


def encode(text):
    """Return the words that the tagger knows."""
    words = [word for word in text.split() if word in vocabulary] or ["The"]
    return indices(words), words


if __name__ == "__main__":
    lstm_viz.show(
        FromLeftState(),
        encode=encode,
        decode=lambda scores: (scores, tagset),
        text="The dog ate the apple",
        reads="words",
        title="The stateful tagger",
    )
