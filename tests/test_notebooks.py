"""The notebooks: their numbers are the tutorial's or torch's own, and each opens in the window."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz import live
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ReadQuery

FOLDER = Path(__file__).parents[1] / "examples/notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


def of(name):
    """Return the variables of a notebook that was run."""
    return runpy.run_path(str(FOLDER / f"{name}.py"))


@pytest.fixture(autouse=True)
def _same_random_numbers():
    with torch.random.fork_rng(devices=()):
        yield


@pytest.fixture(scope="module")
def printed(data):
    return json.loads((data / "tutorial.json").read_text(encoding="utf-8"))


def agree(found, expected):
    """Four decimals are printed: half a unit of the last one, and what float32 cannot tell apart."""
    expected = torch.tensor(expected)
    torch.testing.assert_close(found.detach().reshape(expected.shape), expected, atol=5e-5 + 1e-7, rtol=0)


def same(found, expected):
    torch.testing.assert_close(found.detach(), expected.detach(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_short_and_opens_in_the_window(name, monkeypatch, capsys):
    lines = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# %% [markdown]" and lines[1].startswith("# # ") and len(lines) < 120
    assert max(map(len, lines)) <= 110
    shown = []
    monkeypatch.setattr(live, "LiveWindow", shown.append)
    monkeypatch.setattr(live, "_is_interactive", lambda: True)
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    (subject,) = shown
    reader = Reader(shown)
    for text in subject.names or (subject.identity.home,):
        reading = reader.read(ReadQuery(subject.identity.uri, text), 1)
        assert reading.view.max_error < 1e-6 and reading.view.call is not None
        assert subject.identity.title and reading.words
    assert capsys.readouterr().out


def test_one_step_by_hand(printed):
    run = of("01_one_step_by_hand")
    for name, key in (("x", "x"), ("h1", "h1"), ("c1", "c1"), ("h_n", "h1"), ("c_n", "c1")):
        agree(run[name], printed["single_step"][key])


def test_stepping_and_all_at_once(printed):
    run = of("02_stepping_and_all_at_once")
    agree(run["out_last"], printed["tutorial_stepping"]["out_last"])
    agree(run["h_last"], printed["tutorial_stepping"]["out_last"])
    agree(run["c_last"], printed["tutorial_stepping"]["c_last"])
    agree(run["output"], printed["tutorial_all_at_once"]["out"])
    agree(run["c_n"], printed["tutorial_all_at_once"]["c_last"])
    same(run["stepped"], run["output"])


def test_the_tagger(printed):
    run = of("09_tagger")
    agree(run["before"], printed["tutorial_tagger"]["before"])
    agree(run["after"], printed["tutorial_tagger"]["after"])


def test_the_stateful_tagger(printed):
    run = of("10_stateful_tagger")
    agree(run["carried"], printed["tutorial_tagger_stateful"]["after"])
    agree(run["fresh"], printed["tutorial_tagger"]["after"])
    assert (run["carried"] - run["fresh"]).abs().max() > 1


def test_layer_on_layer():
    run = of("03_layer_on_layer")
    for name in ("output", "h_n", "c_n"):
        same(
            run[name.replace("output", "stacked").replace("h_n", "h_stacked").replace("c_n", "c_stacked")],
            run[name],
        )


def test_a_batch():
    run = of("04_batch_and_batch_first")
    same(run["output_first"].transpose(0, 1), run["output"])
    same(run["h_first"], run["h_n"])
    same(run["alone"], run["output"][:, 1:])
    assert torch.equal(run["last_step"], run["h_n"][-1]) and run["last_sequence"].shape == (5, 4)
    assert run["wrong"].shape == (5, 2, 4) and not torch.allclose(run["wrong"], run["output"])


def test_packed_sequences():
    run = of("05_packed")
    lengths, output = run["lengths"], run["output"]
    assert run["packed"].batch_sizes.tolist() == [3, 3, 2, 1, 1]
    for k, length in enumerate(lengths):
        same(output[:length, k], run["lstm"](run["padded"][:length, k])[0])
    same(run["at_the_ends"], run["h_n"][-1])
    assert not output[-1, [0, 2]].any() and torch.equal(output[-1, 1], run["h_n"][-1, 1])
    assert (run["moved"] > 0.01).tolist() == [True, False, True]


def test_both_directions():
    run = of("06_bidirectional")
    same(run["both"], run["output"])
    assert torch.equal(run["ends"], run["h_n"])
    assert (run["output"][-1, :, 4:] - run["h_n"][1]).abs().max() > 0.01


def test_two_layers():
    run = of("07_two_layers")
    assert run["sizes"]["weight_ih_l1_reverse"] == (16, 8)
    assert torch.equal(run["top"], run["in_output"])
    same(run["inside"], run["by_layer"][0, 0])


def test_an_rnn_and_a_gru_by_hand():
    run = of("08_rnn_and_gru_by_hand")
    same(run["rnn_h"], run["rnn"](run["x"])[1][0, 0])
    same(run["gru_h"], run["gru"](run["x"])[1][0, 0])


def test_the_embeddings():
    run = of("11_embeddings_in_training")
    rows = run["embeddings"].numpy()
    centred = rows[-1] - rows[-1].mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)  # the axes are eigenvectors of the covariance
    for axis in range(2):
        mine = (rows - rows[-1].mean(axis=0)) @ vectors[:, -1 - axis]
        theirs = run["trails"][:, :, axis].numpy()
        assert min(np.abs(mine - theirs).max(), np.abs(mine + theirs).max()) < 1e-9
    assert float(run["share"]) == pytest.approx(values[-2:].sum() / values.sum(), abs=1e-9)
    assert isinstance(run["model"], nn.Module) and lstm_viz.show
