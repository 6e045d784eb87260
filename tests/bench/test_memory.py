"""The double loop that memory is measured against computes the same; the figures are for the machine."""

import numpy as np

from lstm_viz.analysis.decomposition import decompose
from lstm_viz.bench import memory


def test_both_ways_give_the_same_and_ours_is_the_faster() -> None:
    trace = memory._trace(16)
    np.testing.assert_allclose(memory._double_loop(trace), decompose(trace), atol=1e-12)
    lines = list(memory._sums(64, 0.2))
    assert [line.what for line in lines] == ["double loop / decompose", "double loop / the parts shown"]
    assert all(line.ratio > 1 for line in lines)
