"""What the engine says of a tagger that chooses the tags of a sentence together."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch

from lstm_viz.crf import LinearChain
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.trellis import trellis
from lstm_viz.messages import ReadQuery
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging import presets
from lstm_viz.uris import preset_name
from tests.engine.messages import delivered

SENTENCE = "The dog ate the apple"
TAGS = ("DET", "NN", "V")


class Chained(Reader):
    """Reads with the tutorial's tagger, over which a chain is laid that forbids V after NN."""

    def __init__(self, broken: str = "", number: float = 0.0) -> None:
        super().__init__()
        self._broken, self._number = broken, number

    def load(self, name: str, epoch: int | None) -> TaggerSubject:
        preset = presets.load(preset_name(name), epoch)
        tagger, sizes = preset.tagger, replace(preset.settings.sizes, decoder="crf")
        tagger.chain = LinearChain(3)
        with torch.no_grad():
            tagger.chain.transitions[1, 2] = -20.0
            tagger.chain.start[0] = 0.5
            if self._broken:
                tagger.get_parameter(self._broken)[0] = self._number
        settings = msgspec.structs.replace(preset.settings, sizes=sizes)
        return TaggerSubject(name, replace(preset, settings=settings))


@pytest.fixture(scope="module")
def reading():
    return Chained().read(ReadQuery("preset:tutorial", SENTENCE), 1)


def test_the_tag_is_the_paths_and_its_probability_the_marginal(reading) -> None:
    trellis = reading.trellis
    assert [word.tag for word in reading.words] == [TAGS[k] for k in trellis.path]
    assert [word.probability for word in reading.words] == [
        float(trellis.marginals[t, k]) for t, k in enumerate(trellis.path)
    ]
    assert (1, 2) not in zip(trellis.path, trellis.path[1:], strict=False)
    by_word = reading.scores.argmax(axis=1).tolist()
    assert by_word == [0, 1, 2, 0, 1] != list(trellis.path)


def test_the_scores_stay_word_by_word(reading) -> None:
    plain = Reader().read(ReadQuery("preset:tutorial", SENTENCE), 1)
    np.testing.assert_array_equal(reading.scores, plain.scores)
    assert plain.trellis is None


def test_delta_and_the_path_fit_the_scores_and_the_chain(reading) -> None:
    trellis, scores = reading.trellis, reading.scores
    delta = trellis.start + scores[0]
    for t in range(len(scores)):
        if t:
            delta = (delta[:, None] + trellis.transitions).max(0) + scores[t]
        np.testing.assert_allclose(trellis.best[t], delta, atol=1e-5)
    steps = zip(trellis.path, trellis.path[1:], strict=False)
    total = trellis.start[trellis.path[0]] + trellis.end[trellis.path[-1]]
    total += sum(trellis.transitions[pair] for pair in steps) + scores[range(5), trellis.path].sum()
    assert total == pytest.approx(float((trellis.best[-1] + trellis.end).max()), abs=1e-5)
    np.testing.assert_allclose(trellis.marginals.sum(axis=1), 1.0, atol=1e-5)


def test_it_goes_over_the_wire(reading) -> None:
    again = delivered(reading).trellis
    assert again.path == reading.trellis.path
    for name in ("start", "end", "transitions", "best", "marginals"):
        np.testing.assert_array_equal(getattr(again, name), getattr(reading.trellis, name))


@pytest.mark.parametrize("broken", ["hidden_to_tag.bias", "chain.start", "chain.end", "chain.transitions"])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_gives_no_path_and_no_tag(broken, number) -> None:
    reading = Chained(broken, number).read(ReadQuery("preset:tutorial", SENTENCE), 1)
    assert reading.trellis is None
    assert {word.tag for word in reading.words} == {"NaN"}
    assert all(np.isnan(word.probability) for word in reading.words)


def test_one_broken_word_leaves_no_path_for_the_others() -> None:
    scores = torch.zeros(4, 1, 3)
    assert trellis(LinearChain(3), scores) is not None
    scores[2, 0, 1] = torch.nan
    assert trellis(LinearChain(3), scores) is None


def test_no_words_have_no_trellis() -> None:
    assert Chained().read(ReadQuery("preset:tutorial", " "), 1).trellis is None


def test_typing_on_gives_the_trellis_of_reading_at_once(reading) -> None:
    grown = Chained()
    for n in range(1, len(SENTENCE)):
        grown.read(ReadQuery("preset:tutorial", SENTENCE[:n]), n)
    last = grown.read(ReadQuery("preset:tutorial", SENTENCE), 99).trellis
    assert last.path == reading.trellis.path
    np.testing.assert_allclose(last.best, reading.trellis.best, atol=1e-5)
