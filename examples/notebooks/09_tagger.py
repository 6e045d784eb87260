# %% [markdown]
# # A tagger
#
# Each word is a row of an embedding, an LSTM reads the rows, and a linear layer turns its h into a score
# for each tag: noun, verb or determiner. Two sentences are enough to learn from.

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
word_to_ix = {}
for sentence, _ in training_data:
    for word in sentence:
        word_to_ix.setdefault(word, len(word_to_ix))
tag_to_ix = {"DET": 0, "NN": 1, "V": 2}


def prepare_sequence(words, to_ix):
    """Return the indices of words or tags."""
    return torch.tensor([to_ix[word] for word in words])


# %%
class LSTMTagger(nn.Module):
    """Log-probabilities of the tags for each word."""

    def __init__(self, embedding_dim=6, hidden_dim=6):
        super().__init__()
        self.word_embeddings = nn.Embedding(len(word_to_ix), embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim)
        self.hidden2tag = nn.Linear(hidden_dim, len(tag_to_ix))

    def forward(self, sentence):
        embeds = self.word_embeddings(sentence)
        lstm_out, _ = self.lstm(embeds.view(len(sentence), 1, -1))
        return functional.log_softmax(self.hidden2tag(lstm_out.view(len(sentence), -1)), dim=1)


model = LSTMTagger()
sentence = prepare_sequence(training_data[0][0], word_to_ix)
with torch.no_grad():
    before = model(sentence)
print(before)

# %%
loss_function = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(300):
    for words, tags in training_data:
        model.zero_grad()
        loss_function(
            model(prepare_sequence(words, word_to_ix)), prepare_sequence(tags, tag_to_ix)
        ).backward()
        optimizer.step()

# %% [markdown]
# The largest score of each row: DET NN V DET NN.

# %%
with torch.no_grad():
    after = model(sentence)
print(after)


# %%
def encode(text):
    """Return the words that the tagger knows."""
    words = [word for word in text.split() if word in word_to_ix] or ["The"]
    return prepare_sequence(words, word_to_ix), words


def decode(scores):
    """Return the scores with their tags."""
    return scores, list(tag_to_ix)


if __name__ == "__main__":
    text = "The dog ate the apple"
    lstm_viz.show(model, encode=encode, decode=decode, text=text, reads="words", title="The tagger")
