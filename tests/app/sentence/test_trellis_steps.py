"""What is read off a trellis, on numbers small enough for a head."""

import numpy as np

from lstm_viz.app.panels.trellis.trellis_steps import Decoding, tags_alone
from lstm_viz.messages import Model, Module, Reading, Trellis, View

TAGS = ("A", "B")
ZERO = np.zeros(2, np.float32)
#: From A to A, A to B; from B to A, B to B.
TRANSITIONS = np.array([[0.0, -5.0], [1.0, -1.0]], np.float32)
SCORES = np.array([[-1.0, -0.5], [-0.5, -1.0], [-3.0, -0.1]], np.float32)
#: By hand: δ₀ = scores; δ₁(A) = max(−1+0, −0.5+1) − 0.5 = 0; δ₁(B) = max(−6, −1.5) − 1 = −2.5; and so on.
BEST = np.array([[-1.0, -0.5], [0.0, -2.5], [-3.0, -3.6]], np.float32)


def trellis(path=(1, 0, 0), best=BEST) -> Trellis:
    return Trellis(ZERO, ZERO, TRANSITIONS, best, np.full((len(best), 2), 0.5, np.float32), path)


def reading(decoded: Trellis | None, reads="words", words=("x", "y", "z")) -> Reading:
    module = Module("", "RNN_TANH", reads, 1, 1, 2, 2, reads == "characters")
    view = View(module, 0, 0, words, {}, np.zeros((3, 2), np.float32), (), {"h": ZERO}, 0.0)
    model = Model("m", "m", "", "", TAGS, (0,), (module,), ("scores", "linear_scores", "chain"))
    return Reading(1, model, 0, None, 0, 0, (), 3, SCORES, view, None, decoded)


def steps(**changes) -> Decoding:
    found = Decoding.of(reading(trellis(**changes)))
    assert found is not None
    return found


def test_delta_is_seen_from_the_words_best() -> None:
    np.testing.assert_allclose(steps().behind, [[-0.5, 0.0], [0.0, -2.5], [0.0, -0.6]], atol=1e-6)


def test_psi_is_where_the_best_path_comes_from() -> None:
    assert steps().before(1).tolist() == [1, 1]
    assert steps().before(2).tolist() == [0, 1]


def test_the_words_at_which_the_path_differs() -> None:
    assert steps().alone.tolist() == [1, 0, 1]
    assert steps().differing == (2,)
    assert tags_alone(reading(trellis())) == ("", "", "B")
    assert tags_alone(reading(None)) == ()


def test_what_is_drawn_alike() -> None:
    assert steps().shared(steps()) == 3
    assert steps().shared(steps(path=(1, 0, 1))) == 2
    moved = BEST.copy()
    moved[1, 1] += 0.25
    assert steps().shared(steps(best=moved)) == 1
    longer = Decoding.of(reading(trellis()))
    shorter = Decoding(("x",), TAGS, SCORES[:1], trellis(path=(1,), best=BEST[:1]))
    assert shorter.shared(longer) == longer.shared(shorter) == 1
    assert steps().shared(None) == 0


def test_without_a_chain_or_over_characters_there_are_no_steps() -> None:
    assert Decoding.of(None) is None
    assert Decoding.of(reading(None)) is None
    assert Decoding.of(reading(trellis(), reads="characters")) is None
