"""Keys are found where they stand, however they are spread."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.segmentation.lookup import Lookup

_KEYS = st.integers(0, 2**32 - 1) | st.integers(0, 40) | st.integers(2**32 - 40, 2**32 - 1)


@given(st.lists(_KEYS, max_size=80), st.lists(_KEYS, max_size=80))
def test_keys_are_found(keys, others):
    keys = np.unique(np.array(keys, np.uint32))
    asked = np.concatenate((keys, np.array(others, np.uint32)))
    places = {key: place for place, key in enumerate(keys.tolist())}
    lookup = Lookup(keys)
    assert lookup(asked).tolist() == [places.get(key, len(keys)) for key in asked.tolist()]
    assert lookup.holds(asked).tolist() == [key in places for key in asked.tolist()]
