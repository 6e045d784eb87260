"""From the embedding to the score: every number against a loop in float64, and every path there is."""

import itertools
import json
import math

import numpy as np
import pytest
import torch

from lstm_viz.engine.reader import Reader
from lstm_viz.messages import InputQuery, PathQuery, ReadQuery, ScoreQuery, SetValue, StateQuery, SwapState
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.tagging.presets import Preset
from tests.engine.messages import delivered, received
from tests.engine.test_interventions import by_hand
from tests.engine.untrained import NETS, TEXT, WORDS, Untrained, set_

#: Torch says so of every net that projects.
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")

T, TAGS = len(WORDS), ("A", "B", "C")
CLOSE = {"rel": 0, "abs": 1e-6}


class Projecting(Untrained):
    """Reads with an LSTM of two layers and directions whose h is a projection of 2 units of c's 4."""

    def load(self, name, epoch):
        made = super().load("LSTM 2 both", epoch)
        torch.manual_seed(1)
        made.tagger.recurrent = torch.nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2)
        made.tagger.hidden_to_tag = torch.nn.Linear(4, 3)
        return TaggerSubject(name, Preset(made.preset.settings, 0, made.tagger.eval(), None))


def reader_of(net):
    return Projecting() if net == "LSTM projecting" else Untrained()


def over(reader, answer):
    """Return an answer as it arrives in the window."""
    return delivered(answer)


def every_place(reader, net, edits=()):
    """Yield each (layer, direction), and its view."""
    module = reader.read(ReadQuery(net, TEXT), 1).view.module
    for layer, d in itertools.product(range(module.num_layers), range(module.num_directions)):
        yield layer, d, reader.read(ReadQuery(net, TEXT, layer=layer, direction=d, edits=edits), 1).view


@pytest.mark.parametrize("net", [*(net for net in NETS if "RNN" not in net), "LSTM projecting"])
def test_every_state_is_the_sum_of_its_products(net):
    reader = reader_of(net)
    expected, _ = by_hand(reader, ReadQuery(net, TEXT), {})
    for layer, d, view in every_place(reader, net):
        for quantity in ("c", "h") if view.module.cell == "LSTM" else ("h",):
            for column, unit in itertools.product(range(T), range(view.quantities[quantity].shape[1])):
                found = over(reader, reader.arithmetic(StateQuery(1, column, unit, quantity)))
                wanted = expected[quantity][layer, d, column, unit]
                assert found.value == pytest.approx(wanted, **CLOSE)
                assert found.forward == pytest.approx(wanted, **CLOSE)
                total = math.fsum(product.left * product.right for product in found.products)
                assert found.value == pytest.approx(total, abs=1e-12)
                assert found.clamped == ()
                for product in found.products:
                    left, right = factors(expected, layer, d, column, product)
                    assert (product.left, product.right) == pytest.approx((left, right), **CLOSE)


def factors(expected, layer, d, column, product):
    """Return what the two factors of a product are, by the loop in float64."""
    now = {name: values[layer, d, column, product.unit] for name, values in expected.items() if name != "h"}
    before = column + (1 if d else -1)
    for name in expected:
        there = 0 <= before < T and product.unit < expected[name].shape[-1]
        now[f"{name}_prev"] = expected[name][layer, d, before, product.unit] if there else 0.0
    if "c" in now:
        now |= {"tanh_c": np.tanh(now["c"]), "o·tanh_c": now["o"] * np.tanh(now["c"])}
    else:
        now["1-z"] = 1 - now["z"]
    return now.get(product.left_name, product.left), now[product.right_name]


def test_a_projection_takes_a_row_of_torchs_weight():
    reader = reader_of("LSTM projecting")
    net = reader.load("", None).tagger.recurrent
    reader.read(ReadQuery("LSTM projecting", TEXT, layer=1, direction=1), 1)
    found = reader.arithmetic(StateQuery(1, 2, 1, "h"))
    weights = [product.left for product in found.products]
    np.testing.assert_array_equal(weights, net.weight_hr_l1_reverse[1].detach().double())
    assert {product.left_name for product in found.products} == {"W_hr"}
    assert reader.arithmetic(StateQuery(1, 2, 2, "h")) is None, "h has two units only"
    assert reader.arithmetic(StateQuery(1, 2, 3, "c")) is not None


@pytest.mark.parametrize("net", [*NETS, "LSTM projecting", "LSTM spells"])
def test_every_score_is_its_logit_less_the_log_of_the_sum_over_all_tags(net):
    reader = reader_of(net)
    expected, scores = by_hand(reader, ReadQuery(net, TEXT), {})
    output = np.concatenate(tuple(expected["h"][-1]), -1)
    linear = reader.load(net, None).tagger.hidden_to_tag
    weight, bias = (p.detach().double().numpy() for p in (linear.weight, linear.bias))
    reading = reader.read(ReadQuery(net, TEXT), 1)
    for step, tag in itertools.product(range(T), range(3)):
        found = over(reader, reader.arithmetic(ScoreQuery(1, step, TAGS[tag])))
        assert found.value == pytest.approx(scores[step, tag], **CLOSE)
        assert found.forward == reading.scores[step, tag]
        np.testing.assert_allclose(found.h, output[step], atol=1e-6)
        np.testing.assert_array_equal(found.weights, weight[tag])
        np.testing.assert_allclose(found.logits, weight @ output[step] + bias, atol=1e-6)
        assert found.bias == bias[tag]
        assert float(found.weights @ found.h) + found.bias == pytest.approx(found.logits[tag], abs=1e-12)
        assert found.log_sum == pytest.approx(math.log(sum(map(math.exp, found.logits))), abs=1e-12)
        assert sum(size for _, size in found.parts) == len(found.h) and found.clamped == ()


def test_both_directions_are_named():
    reader = Untrained()
    reader.read(ReadQuery("GRU 2 both", TEXT), 1)
    assert reader.arithmetic(ScoreQuery(1, 0, "A")).parts == (("forward", 4), ("backward", 4))
    reader.read(ReadQuery("GRU", TEXT), 2)
    assert reader.arithmetic(ScoreQuery(2, 0, "A")).parts == (("", 4),)


def test_huge_logits_do_not_overflow():
    class Huge(Untrained):
        def load(self, name, epoch):
            made = super().load(name, epoch)
            made.tagger.hidden_to_tag.bias.data[:] = torch.tensor([1000.0, 999.0, -1000.0])
            return made

    reader = Huge()
    reader.read(ReadQuery("LSTM", TEXT), 1)
    found = reader.arithmetic(ScoreQuery(1, 0, "A"))
    assert math.isfinite(found.value) and found.value == pytest.approx(found.forward, abs=1e-4)


# ---------------------------------------------------------------- chains


def every_path(trellis, scores):
    """Return the score of each of the K^T paths, ``end`` included."""
    found = {}
    for path in itertools.product(range(3), repeat=len(scores)):
        steps = sum(float(trellis.transitions[j, k]) for j, k in itertools.pairwise(path))
        words = sum(float(scores[t, k]) for t, k in enumerate(path))
        found[path] = float(trellis.start[path[0]]) + steps + words + float(trellis.end[path[-1]])
    return found


def test_best_path_and_probability_are_those_of_all_paths():
    class Chained(Untrained):
        def load(self, name, epoch):
            made = super().load(name, epoch)
            for part in made.tagger.chain.parameters():
                torch.nn.init.normal_(part)
            return made

    reader = Chained()
    reading = reader.read(ReadQuery("LSTM both crf", TEXT), 1)
    trellis, paths = reading.trellis, every_path(reading.trellis, reading.scores)
    log_z = math.log(sum(map(math.exp, paths.values())))
    for step, tag in itertools.product(range(T), range(3)):
        found = over(reader, reader.arithmetic(PathQuery(1, step, TAGS[tag])))
        through = [score for path, score in paths.items() if path[step] == tag]
        assert found.marginal == pytest.approx(math.exp(math.log(sum(map(math.exp, through))) - log_z))
        assert found.log_z == pytest.approx(log_z) and found.best == pytest.approx(max(paths.values()))
        assert found.forward_marginal == pytest.approx(found.marginal, abs=1e-5)
        assert found.forward_delta == pytest.approx(found.delta, abs=1e-5)
        assert found.delta == pytest.approx(best_to(trellis, reading.scores, step, tag))
        assert found.alpha + found.beta == pytest.approx(math.log(sum(map(math.exp, through))))
        assert found.chosen == reading.words[step].tag
        check_what_it_is_made_of(found, trellis, reading.scores, step, tag)


def best_to(trellis, scores, step, tag):
    """Return the best score of a path that ends with ``tag`` at ``step``, its last tag's ``end`` left out."""
    paths = every_path(trellis, scores[: step + 1])
    return max(score - float(trellis.end[tag]) for path, score in paths.items() if path[-1] == tag)


def check_what_it_is_made_of(found, trellis, scores, step, tag):
    assert found.emission == float(scores[step, tag])
    if step == 0:
        assert len(found.into) == 0 and found.start == trellis.start[tag]
        assert found.delta == pytest.approx(found.start + found.emission)
    else:
        np.testing.assert_array_equal(found.into, trellis.transitions[:, tag])
        assert found.delta == pytest.approx(max(found.delta_before + found.into) + found.emission)
        alpha = np.logaddexp.reduce(found.alpha_before + found.into) + found.emission
        assert found.alpha == pytest.approx(alpha)
    if step == T - 1:
        assert len(found.out) == 0 and found.beta == found.end == trellis.end[tag]
    else:
        np.testing.assert_array_equal(found.out, trellis.transitions[tag])
        np.testing.assert_array_equal(found.emission_after, scores[step + 1])
        summed = np.logaddexp.reduce(found.out + found.emission_after + found.beta_after)
        assert found.beta == pytest.approx(summed)


def test_a_long_sentence_loses_nothing():
    reader = Untrained()
    reading = reader.read(ReadQuery("LSTM crf", " ".join(WORDS * 60)), 1)
    for step in (0, 150, 299):
        shares = [reader.arithmetic(PathQuery(1, step, tag)) for tag in TAGS]
        assert sum(found.marginal for found in shares) == pytest.approx(1, abs=1e-9)
        for k, found in enumerate(shares):
            assert found.marginal == pytest.approx(float(reading.trellis.marginals[step, k]), abs=1e-5)


def test_without_a_chain_there_is_no_path():
    reader = Untrained()
    reader.read(ReadQuery("LSTM", TEXT), 1)
    assert reader.arithmetic(PathQuery(1, 0, "A")) is None


# ---------------------------------------------------------------- what the cell reads


@pytest.mark.parametrize("word", ["dog", "unheard"])
def test_x_is_a_row_of_the_embedding(word):
    reader = Untrained()
    view = reader.read(ReadQuery("LSTM", f"The {word}"), 1).view
    (part,) = over(reader, reader.arithmetic(InputQuery(1, 1))).parts
    tagger = reader.load("LSTM", None).tagger
    assert (part.text, part.known) == (word, word == "dog")
    assert part.row == (1 if word == "dog" else len(tagger.words))
    np.testing.assert_array_equal(part.values, tagger.word_embedding.weight[part.row].detach())
    np.testing.assert_array_equal(part.values, view.x[1])


def test_a_word_that_is_spelled_has_the_state_of_its_last_character():
    reader = Untrained()
    view = reader.read(ReadQuery("LSTM spells", TEXT), 1).view
    found = over(reader, reader.arithmetic(InputQuery(1, 1)))
    assert found.error <= 1e-6 and [part.name for part in found.parts] == ["word", "characters"]
    characters = found.parts[1]
    assert (characters.text, characters.row, characters.module) == ("dog", None, "char_recurrent")
    np.testing.assert_allclose(characters.values, view.x[1, 3:], atol=1e-6)
    spelled = reader.read(ReadQuery("LSTM spells", TEXT, step=1, module="char_recurrent"), 2).view
    np.testing.assert_allclose(spelled.quantities["h"][-1], characters.values, atol=1e-6)
    (letter,) = reader.arithmetic(InputQuery(2, 2)).parts
    assert (letter.name, letter.text, letter.row) == ("character", "g", len("adehlopt"))
    assert not letter.known
    np.testing.assert_array_equal(letter.values, spelled.x[2])


@pytest.mark.parametrize("net", ["GRU 2 both", "RNN 2", "LSTM projecting"])
def test_an_upper_layer_reads_the_states_below(net):
    reader = reader_of(net)
    expected, _ = by_hand(reader, ReadQuery(net, TEXT), {})
    reader.read(ReadQuery(net, TEXT, layer=1), 1)
    for column in range(T):
        found = reader.arithmetic(InputQuery(1, column))
        assert found.error == 0 and len(found.parts) == expected["h"].shape[1]
        for part in found.parts:
            assert (part.module, part.layer, part.row) == ("recurrent", 0, None)
            np.testing.assert_allclose(part.values, expected["h"][0, part.direction, column], atol=1e-6)


# ---------------------------------------------------------------- set by hand


def test_what_is_set_by_hand_is_told_apart_from_its_arithmetic():
    reader, edits = Untrained(), (set_("c", 1.25, 1, 2, 2), set_("f", 0.5, 1, 2, 2))
    clamped = {(0, 0, "c", 2, 1): 1.25, (0, 0, "f", 2, 1): 0.5}
    query = ReadQuery("LSTM", TEXT, edits=edits)
    expected, _ = by_hand(reader, query, clamped)
    reader.read(query, 1)
    found = reader.arithmetic(StateQuery(1, 2, 1, "c"))
    computed = 0.5 * expected["c"][0, 0, 1, 1] + expected["i"][0, 0, 2, 1] * expected["g"][0, 0, 2, 1]
    assert found.clamped == ("f", "c") and found.forward == 1.25
    assert found.value == pytest.approx(computed, **CLOSE)
    assert reader.arithmetic(StateQuery(1, 3, 1, "c")).clamped == ("c_prev",)
    hidden = reader.arithmetic(StateQuery(1, 2, 1, "h"))
    assert hidden.value == pytest.approx(expected["h"][0, 0, 2, 1], **CLOSE)
    assert hidden.value == pytest.approx(hidden.forward, **CLOSE)
    assert reader.arithmetic(StateQuery(1, 2, 0, "c")).clamped == ()


def test_a_state_swapped_in_is_set_by_hand_in_every_unit():
    reader = Untrained()
    reader.read(ReadQuery("GRU", TEXT, edits=(SwapState(1, "it ate", 1, WORDS),)), 1)
    assert reader.arithmetic(StateQuery(1, 1, 3, "h")).clamped == ("h",)
    assert reader.arithmetic(StateQuery(1, 2, 3, "h")).clamped == ("h_prev",)
    assert reader.arithmetic(ScoreQuery(1, 1, "A")).clamped == (0, 1, 2, 3)


def test_a_score_counts_what_is_set_by_hand_in_either_direction():
    reader, place = Untrained(), {"layer": 1, "direction": 1}
    edits = (set_("h", 0.75, 2, 3, 3, **place), set_("h", 0.25, 0, 3, 3, layer=0))
    query = ReadQuery("GRU 2 both", TEXT, edits=edits)
    _, scores = by_hand(reader, query, {(1, 1, "h", 3, 2): 0.75, (0, 0, "h", 3, 0): 0.25})
    reader.read(query, 1)
    found = reader.arithmetic(ScoreQuery(1, 3, "B"))
    assert found.clamped == (6,) and found.h[6] == np.float32(0.75)
    assert found.value == pytest.approx(scores[3, 1], **CLOSE)
    assert reader.arithmetic(ScoreQuery(1, 2, "B")).clamped == ()
    reader.read(ReadQuery("GRU 2 both", TEXT, layer=1, edits=edits), 2)
    assert [part.clamped for part in reader.arithmetic(InputQuery(2, 3)).parts] == [(0,), ()]


def test_the_characters_are_read_as_they_are():
    """An edit on the net of words is none on that of characters, which has the same layers and units."""
    reader = Untrained()
    edits = (SetValue("h", 0.5, words=WORDS), SetValue("c", 0.5, words=WORDS))
    reader.read(ReadQuery("LSTM spells", TEXT, step=1, module="char_recurrent", edits=edits), 1)
    assert reader.arithmetic(StateQuery(1, 1, 0, "h")).clamped == ()
    assert reader.arithmetic(InputQuery(1, 1)).parts[0].clamped == ()


# ---------------------------------------------------------------- no number


@pytest.mark.parametrize(
    "query",
    [
        *(StateQuery(1, *place) for place in ((5, 0, "c"), (0, 4, "h"))),
        *(ScoreQuery(*place) for place in ((1, 5, "A"), (1, 0, "no such tag"), (2, 0, "A"))),
        *(PathQuery(*place) for place in ((1, 5, "A"), (1, 0, "no such tag"), (2, 0, "A"))),
        *(InputQuery(*place) for place in ((1, 5), (2, 0))),
        StateQuery(2, 0, 0, "c"),
    ],
    ids=str,
)
def test_there_is_no_such_number(query):
    assert received(query) == query
    reader = Untrained()
    assert reader.arithmetic(query) is None, "nothing was read"
    reader.read(ReadQuery("LSTM 2 crf", TEXT), 1)
    assert reader.arithmetic(query) is None


def test_broken_weights_give_nan_and_no_trouble():
    reader = Untrained()
    reader.read(ReadQuery("LSTM crf broken", TEXT), 1)
    assert math.isnan(reader.arithmetic(StateQuery(1, 3, 0, "c")).value)
    assert math.isnan(reader.arithmetic(StateQuery(1, 3, 0, "h")).value)
    assert math.isnan(reader.arithmetic(ScoreQuery(1, 3, "A")).value)
    assert reader.arithmetic(PathQuery(1, 3, "A")) is None


# ---------------------------------------------------------------- the tutorial


def test_the_tutorials_printed_scores_follow_from_its_embeddings(data):
    """Walk from each word's row of the embedding to each printed score by the answers alone."""
    printed = json.loads((data / "tutorial.json").read_text())["tutorial_tagger"]["after"]
    reader = Reader()
    reading = reader.read(ReadQuery("preset:tutorial", "The dog ate the apple"), 1)
    for step, row in enumerate(printed):
        (embedded,) = reader.arithmetic(InputQuery(1, step)).parts
        np.testing.assert_array_equal(embedded.values, reading.view.x[step])
        h = [reader.arithmetic(StateQuery(1, step, unit, "h")).value for unit in range(6)]
        for tag, score in zip(("DET", "NN", "V"), row, strict=True):
            found = reader.arithmetic(ScoreQuery(1, step, tag))
            logit = float(found.weights @ np.array(h)) + found.bias
            assert logit - found.log_sum == pytest.approx(score, abs=5.1e-5)
            assert f"{found.value:.4f}" == f"{score:.4f}"
