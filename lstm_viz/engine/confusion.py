"""The sentences behind a cell of the confusion matrix."""

from collections.abc import Callable, Sequence

from lstm_viz.data.conllu import UNTAGGED, Sentence
from lstm_viz.data.surface import tokenized_sentence
from lstm_viz.messages import ConfusedSentence
from lstm_viz.subjects.subject import CorpusSubject
from lstm_viz.training.batches import by_length

#: More sentences are counted, but not listed.
MOST_SENTENCES = 200
_BATCH = 64

#: The indices of the predicted tags of each sentence.
Tagged = tuple[tuple[int, ...], ...]


def tag_all(
    subject: CorpusSubject, sentences: Sequence[Sentence], on_progress: Callable[[], None] = lambda: None
) -> Tagged:
    """Return the predicted tags of every sentence, computed in batches of similar length.

    ``on_progress`` is called before each batch.
    """
    found: dict[int, tuple[int, ...]] = {}
    for places in by_length(sentences, _BATCH):
        on_progress()
        predicted = subject.predict([sentences[place].words for place in places])
        found.update(zip(places, predicted, strict=True))
    return tuple(found[place] for place in range(len(sentences)))


def confused(
    sentences: Sequence[Sentence], tagged: Tagged, tags: Sequence[str], gold: str, tag: str
) -> list[tuple[Sentence, tuple[int, ...]]]:
    """Return the sentences in which words of tag ``gold`` were tagged ``tag``, in the order of the corpus.

    Each comes with the indices of those words. A ``gold`` outside the tagset stands for all true tags outside
    it. Words without a true tag are not counted.
    """
    if tag not in tags:
        return []
    wrong, known = list(tags).index(tag), set(tags)

    def fits(true: str) -> bool:
        return true != UNTAGGED and (true == gold if gold in known else true not in known)

    found = []
    for sentence, predicted in zip(sentences, tagged, strict=True):
        pairs = enumerate(zip(sentence.tags, predicted, strict=True))
        places = tuple(place for place, (true, k) in pairs if k == wrong and fits(true))
        if places:
            found.append((sentence, places))
    return found


def confused_sentence(sentence: Sentence, places: tuple[int, ...]) -> ConfusedSentence:
    """Return the message for a sentence, with its words and true tags."""
    return ConfusedSentence(tokenized_sentence(sentence), places)
