"""An engine whose models choose the tags together: of 3, 17 and 303 tags, a broken and a plain one."""

import sys
from dataclasses import replace
from itertools import product

import msgspec
import torch

from lstm_viz.crf import LinearChain
from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ModelName
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.presets import Preset, PresetSettings
from lstm_viz.tagging.vocabulary import Vocabulary

_BASE = {"small": "tutorial", "large": "english", "broken": "tutorial", "plain": "tutorial"}
#: As many tags as a treebank with morphological features has.
MANY_TAGS = tuple(
    f"{upos}|Case={case}|Gender={gender}|Number={number}"
    for upos, case, gender, number in product(
        ("NOUN", "PROPN", "ADJ", "DET", "PRON", "NUM", "VERB"),
        ("Nom", "Acc", "Dat", "Gen", "Ins", "Loc", "Voc", "Abl"),
        ("Masc", "Fem", "Neut"),
        ("Sing", "Plur"),
    )
)[:303]


class ChainedReader(Reader):
    def models(self) -> tuple[ModelName, ...]:
        return tuple(ModelName(name, name) for name in (*_BASE, "many"))

    def load(self, name: str, epoch: int | None) -> TaggerSubject:
        if name == "many":
            return TaggerSubject(name, many())
        preset = presets.load(_BASE[name])
        settings = msgspec.structs.replace(preset.settings, title=name)
        if name != "plain":
            preset.tagger.chain = chain(name, len(settings.tags))
        return TaggerSubject(name, replace(preset, settings=settings))


def many() -> Preset:
    """Return an untrained tagger of 96 units in both directions, with 303 tags."""
    torch.manual_seed(0)
    words = ("the", "dog", "ate", "apple", "everybody", "read", "that", "book")
    sizes = Sizes(embedding_size=32, hidden_size=96, bidirectional=True)
    settings = PresetSettings(
        title="many", about="untrained", home="the dog ate the apple", before=None, tags=MANY_TAGS,
        epochs=(0,), sizes=sizes, dev_accuracy=None, notice=None, words=words, characters=(),
    )  # fmt: skip
    tagger = WordTagger(Vocabulary(words), len(MANY_TAGS), sizes).eval()
    with torch.no_grad():
        tagger.hidden_to_tag.weight.mul_(30.0)
    tagger.chain = chain("large", len(MANY_TAGS))
    return Preset(settings, 0, tagger, None)


def chain(name: str, num_tags: int) -> LinearChain:
    """Return one that forbids V after NN; for many tags, one at random."""
    made = LinearChain(num_tags)
    with torch.no_grad():
        if name == "large":
            torch.manual_seed(0)
            made.transitions.normal_(std=3.0)
        else:
            made.transitions[1, 2] = torch.nan if name == "broken" else -20.0
            made.start[0], made.end[1] = 0.5, 0.25
    return made


if __name__ == "__main__":
    sys.exit(serve_window(ChainedReader()))
