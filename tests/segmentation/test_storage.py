"""A segmenter survives as bytes; what is no segmenter is refused with one error, in little memory."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from lstm_viz.segmentation import Segmenter, SegmenterError

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


def test_memory_is_in_proportion_to_the_bytes(french):
    """Many labels, each with a single feature, are what takes the most."""
    arrays, stored = _parts(french.to_bytes())
    stored["edits"] = [[0, "", [], 0, "", True]] * 250
    count = 252 * 40
    arrays |= {
        "keys": np.arange(count, dtype=np.uint32),
        "weights": np.ones(count, np.int8),
        "sizes": np.full(252, 40, np.uint32),
    }
    data = _whole(arrays, stored)
    tracemalloc.start()
    try:
        Segmenter.from_bytes(data).segment("des")
        assert tracemalloc.get_traced_memory()[1] < 300 * len(data)
    finally:
        tracemalloc.stop()


def test_keys_that_are_no_hashes_do_not_take_for_ever(french):
    """A table of upper bits has no depth that somebody else chose."""
    arrays, stored = _parts(french.to_bytes())
    count = 50_000
    arrays["keys"] = np.tile(np.arange(count, dtype=np.uint32), len(arrays["sizes"]))
    arrays["weights"] = np.ones(len(arrays["keys"]), np.int8)
    arrays["sizes"] = np.full(len(arrays["sizes"]), count, np.uint32)
    assert Segmenter.from_bytes(_whole(arrays, stored)).segment("les rues des villes")
