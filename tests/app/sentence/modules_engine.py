"""An engine with users' models: for the columns, for the input as a whole, without outputs, masked."""

import sys
from pathlib import Path

import torch

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.subjects.module import ModuleSubject

sys.path.insert(0, str(Path(__file__).parents[3]))  # an engine is isolated from the current folder
from tests.subjects.user_models import CLASSES, Sentiment, Stacked, encode_sentence, made, word_ids

TEXT = "the film was not really good"


def subjects() -> tuple[ModuleSubject, ...]:
    stacked = ModuleSubject(
        made(Stacked),
        lambda text: (torch.tensor([word_ids(text)[0]]), text.split()),
        lambda output: (output, ["A", "B"]),
        text=TEXT,
        uri="live:stacked",
    )
    sentiment = ModuleSubject(
        made(Sentiment),
        encode_sentence,
        lambda scores: (scores, CLASSES),
        text=TEXT,
        reads="words",
        uri="live:sentiment",
    )
    bare = ModuleSubject(made(Sentiment), encode_sentence, text=TEXT, uri="live:bare")
    allowed = torch.tensor([-torch.inf, 0.0, 0.0])
    masked = ModuleSubject(
        made(Sentiment),
        encode_sentence,
        lambda scores: (scores + allowed, CLASSES),
        text=TEXT,
        uri="live:masked",
    )
    raising = ModuleSubject(made(Sentiment), _encode, text=TEXT, uri="live:raising")
    return stacked, sentiment, bare, masked, raising


def _encode(text: str) -> object:
    if "boom" in text:
        raise KeyError("boom")
    return encode_sentence(text)


if __name__ == "__main__":
    sys.exit(serve_window(Reader(subjects())))
