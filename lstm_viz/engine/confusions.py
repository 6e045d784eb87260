"""Which sentences have words of one tag that were tagged as another."""

from collections.abc import Callable, Sequence

import torch

from lstm_viz.messages import Mistaken
from lstm_viz.tagging.conllu import UNTAGGED, Sentence
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.surface import cut_of_sentence
from lstm_viz.training.batches import by_length

#: More are counted, but not listed.
MOST_SENTENCES = 200
_BATCH = 64

#: The places of the tags that were chosen in each sentence.
Tagged = tuple[tuple[int, ...], ...]


@torch.no_grad()
def tag_all(
    tagger: WordTagger, sentences: Sequence[Sentence], go_on: Callable[[], None] = lambda: None
) -> Tagged:
    """Return what the tagger says of every sentence, in batches of like length.

    ``go_on`` is called before each batch.
    """
    found: dict[int, tuple[int, ...]] = {}
    for places in by_length(sentences, _BATCH):
        go_on()
        batch = tagger.batch([sentences[place].words for place in places])
        chosen = tagger.decode(tagger(batch), batch.lengths).T.tolist()
        for place, row, length in zip(places, chosen, batch.lengths.tolist(), strict=True):
            found[place] = tuple(row[:length])
    return tuple(found[place] for place in range(len(sentences)))


def confused(
    sentences: Sequence[Sentence], tagged: Tagged, tags: Sequence[str], gold: str, tag: str
) -> list[tuple[Sentence, tuple[int, ...]]]:
    """Return the sentences in which words of tag ``gold`` were tagged ``tag``, in the order of the corpus.

    With each the places of those words. A ``gold`` that is not in the tagset stands for all true tags that
    are not. Words without a true tag are in no confusion.
    """
    if tag not in tags:
        return []
    chosen, known = list(tags).index(tag), set(tags)

    def fits(true: str) -> bool:
        return true != UNTAGGED and (true == gold if gold in known else true not in known)

    found = []
    for sentence, said in zip(sentences, tagged, strict=True):
        pairs = enumerate(zip(sentence.tags, said, strict=True))
        places = tuple(place for place, (true, k) in pairs if k == chosen and fits(true))
        if places:
            found.append((sentence, places))
    return found


def mistaken(sentence: Sentence, places: tuple[int, ...]) -> Mistaken:
    """Return a sentence as it is sent, with its words and true tags."""
    return Mistaken(cut_of_sentence(sentence), places)
