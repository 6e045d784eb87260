"""Train the two English taggers on the English Web Treebank, measure them and write the presets.

Each is one word-level LSTM over a word's embedding and a character LSTM's last hidden state. Words that
occur less than three times are left to their spelling; word dropout, likelier for rare words, teaches both
nets to do so. One thread, a few minutes each.

    python examples/english.py [--data FOLDER] [--out FOLDER] [--only NAME]
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from lstm_viz.resources import resource
from lstm_viz.tagging import conllu, presets
from lstm_viz.tagging.models import NO_TAG, Batch, Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

DATA = Path(os.environ.get("LSTM_VIZ_DATA", "data"))
TRAIN, DEV = "en_ewt-ud-train.conllu", "en_ewt-ud-dev.conllu"
NOTICE = (
    "Trained on Universal Dependencies English EWT (the English Web Treebank) by the Universal Dependencies "
    "English EWT contributors, licensed CC BY-SA 4.0: "
    "https://github.com/UniversalDependencies/UD_English-EWT, "
    "https://creativecommons.org/licenses/by-sa/4.0/"
)
HOME = "She will park the car near the park and call her friend."


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one preset is trained; the title takes its number of units from the sizes."""

    title: str
    about: str
    sizes: Sizes
    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 3e-3
    dropout: float = 0.4
    word_dropout: float = 0.5
    min_word_count: int = 3
    min_character_count: int = 5
    seed: int = 1


RECIPES = {
    "english": Recipe(
        title="English · forward · {} units",
        about="Trained on English web text; reads forward only, so a tag depends on the words so far.",
        sizes=Sizes(embedding_size=64, hidden_size=96, char_embedding_size=24, char_hidden_size=64),
    ),
    "english-both": Recipe(
        title="English · both directions · 2 × {} units",
        about="Trained on English web text; reads both ways, so a tag depends on the whole sentence.",
        sizes=Sizes(
            embedding_size=64, hidden_size=80, bidirectional=True, char_embedding_size=24, char_hidden_size=64
        ),
    ),
}


def settings(recipe: Recipe, sentences: Sequence[conllu.Sentence]) -> presets.Settings:
    """Return the preset's settings, with the vocabularies of these sentences."""
    words = [word for sentence in sentences for word in sentence.words]
    characters = Vocabulary.of((c for word in words for c in word), recipe.min_character_count)
    return presets.Settings(
        title=recipe.title.format(recipe.sizes.hidden_size),
        about=recipe.about,
        home=HOME,
        before=None,
        tags=tuple(sorted({tag for sentence in sentences for tag in sentence.tags})),
        epochs=(recipe.epochs,),
        sizes=recipe.sizes,
        dev_accuracy=None,
        notice=NOTICE,
        words=Vocabulary.of(words, recipe.min_word_count).items,
        characters=characters.items,
    )


def batches(
    tagger: WordTagger, tags: Vocabulary, sentences: Sequence[conllu.Sentence], size: int
) -> Iterator[tuple[Batch, Tensor]]:
    """Yield batches of sentences of like length, in random order, and the indices of their tags (T, B)."""
    shuffled = [sentences[place] for place in torch.randperm(len(sentences))]
    shuffled.sort(key=lambda sentence: len(sentence.words))
    chunks = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    for place in torch.randperm(len(chunks)):
        targets = [torch.tensor(tags.indices(sentence.tags)) for sentence in chunks[place]]
        batch = tagger.batch([sentence.words for sentence in chunks[place]])
        yield batch, pad_sequence(targets, padding_value=NO_TAG)


def drop_rates(words: Vocabulary, sentences: Sequence[conllu.Sentence], strength: float) -> Tensor:
    """Return how likely each word is to be read as unknown: strength / (strength + its count)."""
    counts = Counter(word for sentence in sentences for word in sentence.words)
    return torch.tensor([strength / (strength + counts[word]) for word in words.items] + [0.0])


def train(
    tagger: WordTagger, tags: Vocabulary, sentences: Sequence[conllu.Sentence], recipe: Recipe
) -> Iterator[float]:
    """Train the tagger in place and yield the mean loss of each epoch."""
    optimizer = torch.optim.Adam(tagger.parameters(), lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, recipe.epochs - 1)
    rates = drop_rates(tagger.words, sentences, recipe.word_dropout)
    loss = nn.NLLLoss(ignore_index=NO_TAG)
    for _ in range(recipe.epochs):
        tagger.train()
        losses = []
        for batch, targets in batches(tagger, tags, sentences, recipe.batch_size):
            dropped = torch.rand(batch.words.shape) < rates[batch.words]
            scores = tagger(replace(batch, words=batch.words.masked_fill(dropped, tagger.words.unknown)))
            value = loss(scores.flatten(0, 1), targets.flatten())
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            losses.append(value.item())
        schedule.step()
        yield sum(losses) / len(losses)


@torch.no_grad()
def accuracy(tagger: WordTagger, tags: Vocabulary, sentences: Sequence[conllu.Sentence]) -> float:
    """Return the share of words that are tagged right, on gold tokens."""
    tagger.eval()
    right = total = 0
    for batch, targets in batches(tagger, tags, sentences, 32):
        right += int((tagger(batch).argmax(-1) == targets).sum())
        total += int((targets != NO_TAG).sum())
    return right / total


def make(name: str, data: Path, folder: Path) -> None:
    """Train, write, load what was written, measure it, and write the measure beside it."""
    recipe = RECIPES[name]
    sentences = conllu.read(data / TRAIN).sentences
    dev = conllu.read(data / DEV).sentences
    torch.manual_seed(recipe.seed)
    chosen = settings(recipe, sentences)
    tags = Vocabulary(chosen.tags)
    tagger = chosen.tagger(recipe.dropout)
    start = time.monotonic()
    for epoch, loss in enumerate(train(tagger, tags, sentences, recipe), 1):
        seconds = time.monotonic() - start
        share = accuracy(tagger, tags, dev)
        print(f"{name} epoch {epoch:2} loss {loss:.4f} dev {share:.4f} {seconds:.0f} s", flush=True)
    presets.save(name, chosen, [tagger.state_dict()], folder)
    share = accuracy(presets.load(name, folder=folder).tagger, tags, dev)
    about = f"{chosen.about} It tags {share:.1%} of the words of held-out text right."
    measured = msgspec.structs.replace(chosen, dev_accuracy=share, about=about)
    presets.save(name, measured, [tagger.state_dict()], folder)


def main() -> None:
    """Make the presets that are named on the command line, or both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        help="the folder of the treebank's two files (default: what LSTM_VIZ_DATA names, or data)",
    )
    parser.add_argument("--out", type=Path, default=resource("presets"))
    parser.add_argument("--only", choices=tuple(RECIPES))
    options = parser.parse_args()
    for file in (TRAIN, DEV):
        if not (options.data / file).is_file():
            parser.error(
                f"there is no {file} in {options.data}: name its folder with --data or LSTM_VIZ_DATA"
            )
    torch.set_num_threads(1)
    for name in [options.only] if options.only else RECIPES:
        make(name, options.data, options.out)


if __name__ == "__main__":
    main()
