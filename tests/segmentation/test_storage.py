"""A segmenter survives as bytes; what is no segmenter is refused with one error, in little memory."""

import json
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from lstm_viz.runs.segmenter import SegmenterFileError, read_segmenter, write_segmenter
from lstm_viz.segmentation import Segmenter, SegmenterError, learning
from lstm_viz.segmentation.edits import Edit
from lstm_viz.segmentation.model import MOST_CELLS, MOST_FEATURES, MOST_WEIGHTS, MOST_WORDS

from .conftest import FRENCH, JAPANESE, TUTORIAL, VIETNAMESE


@pytest.mark.parametrize(
    ("name", "corpus"),
    [("tutorial", TUTORIAL), ("french", FRENCH), ("japanese", JAPANESE), ("vietnamese", VIETNAMESE)],
)
def test_what_was_stored_cuts_alike(request, name, corpus):
    segmenter = request.getfixturevalue(name)
    data = segmenter.to_bytes()
    again = Segmenter.from_bytes(data)
    assert again.to_bytes() == data
    for text, _ in corpus:
        for changed in (text, text.upper(), text + text, text + " (https://a.b/c) ’"):
            assert again.segment(changed) == segmenter.segment(changed)


def _parts(data):
    """Return the arrays and the settings."""
    size = int.from_bytes(data[:8], "little")
    return dict(load(data)), json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["settings"])


def _whole(arrays, settings):
    return save(arrays, {"settings": settings if isinstance(settings, str) else json.dumps(settings)})


def _first_again(array):
    return np.concatenate((array[:1], array))


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays, settings: arrays.pop("keys"),
        lambda arrays, settings: arrays.update(more=arrays["keys"]),
        lambda arrays, settings: arrays.update(keys=arrays["keys"][::-1].copy()),
        lambda arrays, settings: arrays.update(keys=arrays["keys"][:-1]),
        lambda arrays, settings: arrays.update(keys=arrays["keys"].astype(np.int32)),
        lambda arrays, settings: arrays.update(keys=arrays["keys"][None]),
        lambda arrays, settings: arrays.update(weights=arrays["weights"].astype(np.float32)),
        lambda arrays, settings: arrays.update(sizes=arrays["sizes"][:-1]),
        lambda arrays, settings: arrays.update(sizes=arrays["sizes"] + np.uint32(1)),
        lambda arrays, settings: arrays.update(sizes=np.full_like(arrays["sizes"], 2**32 - 1)),
        lambda arrays, settings: arrays.update(marks=_first_again(arrays["marks"])),
        lambda arrays, settings: arrays.update(marks=np.array([2**32 - 1], np.uint32)),
        lambda arrays, settings: arrays.update(apart=arrays["apart"][::-1].copy()),
        lambda arrays, settings: arrays.update(words=np.array([2, 1], np.uint32)),
        lambda arrays, settings: settings.update(version=2),
        lambda arrays, settings: settings.update(format="something else"),
        lambda arrays, settings: settings.update(more=1),
        lambda arrays, settings: settings.pop("quotes"),
        lambda arrays, settings: settings.update(spaces_cut="yes"),
        lambda arrays, settings: settings["edits"].append([0, "", [], 0, "", True]),
        lambda arrays, settings: settings["edits"][0].__setitem__(0, -1),
        lambda arrays, settings: settings["edits"][0].__setitem__(0, 10**30),
        lambda arrays, settings: settings["edits"][0].__setitem__(1, "x" * 1000),
        lambda arrays, settings: settings.update(edits=settings["edits"] * 1000),
        lambda arrays, settings: settings.update(letters={"à": ["a"] * 1000}),
        lambda arrays, settings: settings.update(letters={"à": []}),
        lambda arrays, settings: settings.update(letters={"à": ["", "a"]}),
    ],
)
def test_one_thing_wrong_is_refused(french, change):
    arrays, stored = _parts(french.to_bytes())
    assert Segmenter.from_bytes(_whole(arrays, stored)).segment("des") == french.segment("des")
    change(arrays, stored)
    with pytest.raises(SegmenterError):
        Segmenter.from_bytes(_whole(arrays, stored))


@pytest.mark.parametrize("stored", ["", "[]", "null", "[" * 100_000, '{"edits":' * 20_000, "{"])
def test_settings_that_are_none_are_refused(french, stored):
    arrays, _ = _parts(french.to_bytes())
    with pytest.raises(SegmenterError):
        Segmenter.from_bytes(_whole(arrays, stored))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{}",
        b"[]",
        b'{"__metadata__":{"settings":1}}',
        b'{"__metadata__":[]}',
        b'{"keys":{"dtype":"U32","shape":[4000000000],"data_offsets":[0,16000000000]}}',
        b'{"keys":{"dtype":"F8_E4M3","shape":[0],"data_offsets":[0,0]}}',
        b'{"keys":' * 1000,
        b"\xff\xfe",
    ],
)
def test_headers_that_are_none_are_refused(header):
    with pytest.raises(SegmenterError):
        Segmenter.from_bytes(len(header).to_bytes(8, "little") + header)


def test_a_header_longer_than_the_bytes_is_refused():
    for size in (9, 1 << 20, 1 << 40, (1 << 64) - 1):
        with pytest.raises(SegmenterError):
            Segmenter.from_bytes(size.to_bytes(8, "little") + b"{}")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_damaged_bytes_are_refused_or_cut_text(french, data):
    damaged = bytearray(french.to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(damaged), data.draw(st.integers(0, len(damaged)))]))
    try:
        segmenter = Segmenter.from_bytes(bytes(damaged[:end]))
    except SegmenterError:
        return
    tokens = segmenter.segment("L'ami des villes « (du) » 10 000 ’.")
    assert all(token.text for token in tokens)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data):
    with pytest.raises(SegmenterError):
        Segmenter.from_bytes(data)


def _peak(work):
    """Return how much more memory it takes at its most, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _large(segmenter, features, labels=252, words=0):
    """Return a segmenter whose features have one weight each: as many cells as fit in the bytes."""
    arrays, stored = _parts(segmenter.to_bytes())
    stored["edits"] = [[0, "", [], 0, "", True]] * (labels - 2)
    spread = 2**32 // max(features, words)
    arrays |= {
        "keys": np.arange(features, dtype=np.uint32) * np.uint32(spread),
        "weights": np.ones(features, np.int8),
        "sizes": np.diff(np.linspace(0, features, labels + 1).astype(np.uint32)),
    }
    if words:
        arrays["words"] = np.arange(words, dtype=np.uint32) * np.uint32(spread)
    return _whole(arrays, stored)


@pytest.mark.parametrize("labels", [2, 20, 252])
def test_the_largest_segmenter_takes_little_memory(french, labels):
    features = min(MOST_FEATURES, MOST_CELLS // labels)
    data = _large(french, features, labels, MOST_WORDS)
    found = []
    assert _peak(lambda: found.append(Segmenter.from_bytes(data))) < 64 << 20
    assert found[0].model.weights.nbytes <= MOST_CELLS + labels
    assert _peak(lambda: found[0].segment("les rues des villes")) < 4 << 20


@pytest.mark.parametrize(
    ("features", "labels", "words"),
    [
        (MOST_FEATURES + 1, 3, 0),
        (MOST_CELLS // 252 + 1, 252, 0),
        (1_000_000, 252, 0),
        (MOST_WEIGHTS + 1, 3, 0),
        (100, 3, MOST_WORDS + 1),
    ],
)
def test_more_than_can_be_learnt_is_refused_before_memory_is_taken(french, features, labels, words):
    data = _large(french, features, labels, words)

    def refused():
        with pytest.raises(SegmenterError):
            Segmenter.from_bytes(data)

    assert _peak(refused) < 6 * len(data) + (1 << 20)


def test_what_is_learnt_is_within_the_limits(french, monkeypatch):
    model = french.model
    weights, cells, words = np.count_nonzero(model.weights) // 2, model.weights.size // 4, 3
    for name, most in (("MOST_WEIGHTS", weights), ("MOST_CELLS", cells), ("MOST_WORDS", words)):
        monkeypatch.setattr(learning, name, most)
    small = learning.learn(FRENCH).model
    assert 0 < np.count_nonzero(small.weights) <= weights
    assert 0 < len(small.keys) * len(small.weights) <= cells
    assert len(learning.learn(VIETNAMESE).model.words) == words
    tokens = Segmenter(small).segment("Les rues des villes sont vides.")
    assert [token.text for token in tokens] == ["Les", "rues", "de", "les", "villes", "sont", "vides", "."]


def test_the_largest_segmenter_can_be_written_and_read(french, tmp_path):
    """As many weights, words and marks as there can be: the run folder takes files up to a limit too."""
    features, labels = MOST_FEATURES, MOST_CELLS // MOST_FEATURES
    weights = np.zeros((labels, features + 1), np.int8)
    weights[:, :-1].flat[:MOST_WEIGHTS] = 1
    model = replace(
        french.model,
        keys=np.arange(features, dtype=np.uint32),
        weights=weights,
        edits=(Edit(40, "x" * 40, ("y" * 40,) * 6, 40, "z" * 40),) * (labels - 2),
        marks=np.arange(10_000, dtype=np.uint32),
        words=np.arange(MOST_WORDS, dtype=np.uint32),
    )
    data = Segmenter(model).to_bytes()
    write_segmenter(tmp_path, data)
    assert Segmenter.from_bytes(read_segmenter(tmp_path)).to_bytes() == data


def test_a_file_larger_than_a_segmenter_is_not_read(tmp_path):
    write_segmenter(tmp_path, bytes(16 << 20))
    with pytest.raises(SegmenterFileError):
        read_segmenter(tmp_path)


def test_keys_that_are_no_hashes_do_not_take_for_ever(french):
    """A table of upper bits has no depth that somebody else chose."""
    arrays, stored = _parts(french.to_bytes())
    count = 50_000
    arrays["keys"] = np.tile(np.arange(count, dtype=np.uint32), len(arrays["sizes"]))
    arrays["weights"] = np.ones(len(arrays["keys"]), np.int8)
    arrays["sizes"] = np.full(len(arrays["sizes"]), count, np.uint32)
    assert Segmenter.from_bytes(_whole(arrays, stored)).segment("les rues des villes")
