"""Train the tutorial's tagger with an LSTM, a GRU and an RNN, and write the three presets.

The recipe is that of PyTorch's tutorial "Sequence Models and Long Short-Term Memory Networks": nine words,
three tags, six units, two sentences, 300 epochs.

    python examples/tutorial_presets.py [FOLDER]
"""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from lstm_viz.resources import resource
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import Cell, Sizes, WordTagger

SENTENCES = (
    ("The dog ate the apple", "DET NN V DET NN"),
    ("Everybody read that book", "NN V DET NN"),
)
TAGS = ("DET", "NN", "V")
EPOCHS = 300
KEEP_EVERY = 10
NAMES: dict[str, Cell] = {"tutorial": "LSTM", "tutorial-gru": "GRU", "tutorial-rnn": "RNN"}


def settings(cell: Cell) -> presets.PresetSettings:
    """Return the settings of the tutorial's tagger with this cell."""
    return presets.PresetSettings(
        title=f"Tutorial tagger · {cell} · 6 units",
        about="The tagger of PyTorch's tutorial: trained on two sentences, it knows nine words.",
        home=SENTENCES[0][0],
        before=SENTENCES[1][0],
        tags=TAGS,
        epochs=tuple(range(0, EPOCHS + 1, KEEP_EVERY)),
        sizes=Sizes(embedding_size=6, hidden_size=6, cell=cell),
        dev_accuracy=None,
        notice=None,
        words=tuple(dict.fromkeys(word for sentence, _ in SENTENCES for word in sentence.split())),
        characters=(),
    )


def seed_as_the_tutorial() -> None:
    """Draw from the random stream what the tutorial draws before it creates its tagger."""
    torch.manual_seed(1)
    nn.LSTM(3, 3)
    for shape in [(1, 3)] * 5 + [(1, 1, 3)] * 4:
        torch.randn(shape)


def train(tagger: WordTagger) -> list[dict[str, Tensor]]:
    """Train for 300 epochs, one sentence a step, and return a checkpoint of every tenth epoch."""
    optimizer = torch.optim.SGD(tagger.parameters(), lr=0.1)
    loss = nn.NLLLoss()
    hidden_size = tagger.recurrent.hidden_size
    state = tuple(torch.zeros(1, 1, hidden_size) for _ in range(2 if tagger.recurrent.mode == "LSTM" else 1))
    checkpoints = [_checkpoint(tagger, state)]
    for epoch in range(1, EPOCHS + 1):
        for sentence, tags in SENTENCES:
            tagger.zero_grad()
            output, left = tagger.recurrent(tagger.inputs(sentence.split()))
            target = torch.tensor([TAGS.index(tag) for tag in tags.split()])
            loss(tagger.scores(output)[:, 0], target).backward()
            optimizer.step()
            state = left if isinstance(left, tuple) else (left,)
        if epoch % KEEP_EVERY == 0:
            checkpoints.append(_checkpoint(tagger, state))
    return checkpoints


def _checkpoint(tagger: WordTagger, state: tuple[Tensor, ...]) -> dict[str, Tensor]:
    kept = dict(zip(("state.h", "state.c"), state, strict=False))
    return {key: tensor.detach().clone() for key, tensor in {**tagger.state_dict(), **kept}.items()}


def main(folder: Path) -> None:
    """Train the three taggers and write them into ``folder``."""
    torch.set_num_threads(1)
    for name, cell in NAMES.items():
        seed_as_the_tutorial()
        chosen = settings(cell)
        presets.save(name, chosen, train(chosen.tagger()), folder)
        print(name, "written")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else resource("presets"))
