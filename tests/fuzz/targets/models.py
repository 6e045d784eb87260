"""Weights and what goes with them: checkpoints, saved states, presets, segmenters."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from lstm_viz.files.decoding import decode_json
from lstm_viz.runs.errors import RunError
from lstm_viz.segmentation import Segmenter, SegmenterError
from lstm_viz.tagging import presets
from lstm_viz.tagging.presets import Preset, PresetError
from lstm_viz.training.checkpoints import Checkpoints
from lstm_viz.training.state import unpack
from tests.fuzz import seeds
from tests.fuzz.mutators.json import parsed, written
from tests.fuzz.mutators.safetensors import mutate_safetensors
from tests.fuzz.target import Run, Target, joined, mutate_parts, parted
from tests.fuzz.targets.room import Room, mutator_of

_WORDS = ("The", "dog", "ate", "zzz")
_TEXTS = (
    "",
    "The dog",
    "L'ami des enfants part.",
    "DES des aux «a» http://a.b ...",
    "漢字 e\u0301\u0301 👩‍👩‍👧 a@b.cd",
)


def _checkpoints(folder: Path) -> Run:
    """Return what loads a run without hashes, as a loop of one's own writes it: all is read then."""
    room = Room(folder, seeds.run_files(hashed=False))

    def run(data: bytes) -> None:
        room.put(dict(parted(data)))
        checkpoints = Checkpoints(room.path)
        checkpoints.refresh()
        preset = checkpoints.load()
        _check_scores(preset)
        assert all(parameter.isfinite().all() for parameter in preset.tagger.parameters())

    return run


def _check_scores(preset: Preset) -> None:
    with torch.no_grad():
        tagger = preset.tagger
        scores = tagger.scores(tagger.recurrent(tagger.inputs(_WORDS))[0])[:, 0]
    assert scores.shape == (len(_WORDS), len(preset.settings.tags)), scores.shape


def _states(folder: Path) -> Run:
    """Return what unpacks a state: training is then as it was, or can go on."""
    training = seeds.training()

    def run(data: bytes) -> None:
        unpack(training, seeds.state())
        before = _all_of(training.tagger.state_dict(), training.optimiser.state_dict()["state"])
        try:
            unpack(training, data)
        except ValueError:
            after = _all_of(training.tagger.state_dict(), training.optimiser.state_dict()["state"])
            assert before.keys() == after.keys() and training.step == 3
            assert all(torch.equal(before[name], after[name]) for name in before)
            raise
        assert 0 <= training.step <= training.task.steps
        for parameter in training.tagger.parameters():
            parameter.grad = torch.zeros_like(parameter)
        training.optimiser.step()

    return run


def _all_of(weights: dict[str, Tensor], optimiser: dict[int, dict[str, Tensor]]) -> dict[str, Tensor]:
    kept = {f"{place}.{name}": value for place, one in optimiser.items() for name, value in one.items()}
    return {name: tensor.clone() for name, tensor in (weights | kept).items()}


def _presets(folder: Path) -> Run:
    known = seeds.preset()
    for name, data in known.items():
        (folder / name).write_bytes(data)

    def run(data: bytes) -> None:
        for name, piece in parted(data):
            if name in known:
                (folder / name).write_bytes(piece)
        presets.title("preset", folder)
        for epoch in (None, 0):
            preset = presets.load("preset", epoch, folder)
            _check_scores(preset)

    return run


def _signed(mutate: Callable[[Random, bytes, bytes], bytes]) -> Callable[[Random, bytes, bytes], bytes]:
    """Return what mutates a preset and mostly signs it again, so that what is signed is looked at too."""

    def signed(chance: Random, data: bytes, other: bytes) -> bytes:
        files = dict(parted(mutate(chance, data, other)))
        if chance.random() < 0.8 and "preset.json" in files and "preset.safetensors" in files:
            with contextlib.suppress(ValueError, RecursionError, AttributeError):
                files["preset.json"] = _sign(files["preset.json"], files["preset.safetensors"])
        return joined(files.items())

    return signed


def _sign(settings: bytes, data: bytes) -> bytes:
    content = decode_json(settings, dict)
    content.pop("sha256", None)
    tree = parsed(settings)
    digest = presets._digest(content, data)
    tree[:] = [pair for pair in tree if pair[0] != "sha256"] + [("sha256", parsed(b'"%s"' % digest.encode()))]
    return written(tree)


def _segmenters(folder: Path) -> Run:
    def run(data: bytes) -> None:
        segmenter = Segmenter.from_bytes(data)
        for text in _TEXTS:
            tokens = segmenter.segment(text)
            spans = [(token.start, token.end) for token in tokens]
            assert spans == sorted(spans) and all(0 <= start < end <= len(text) for start, end in spans)
            assert all(token.text for token in tokens)
        Segmenter.from_bytes(segmenter.to_bytes())

    return run


def _run_seeds(hashed: bool) -> list[bytes]:
    files = seeds.run_files(hashed=hashed)
    names = ("run.json", "model.json", "history.jsonl", "checkpoints/epoch-000001.safetensors")
    return [joined(seeds.some(files, name)) for name in names] + [joined(seeds.some(files, *names))]


TARGETS = (
    Target(
        "checkpoints",
        _checkpoints,
        lambda: _run_seeds(hashed=False),
        mutate_parts(mutator_of),
        (RunError,),
        ("lstm_viz.training.checkpoints", "lstm_viz.tagging.presets", "lstm_viz.tagging.tensors"),
        120,
    ),
    Target(
        "states",
        _states,
        lambda: [seeds.state()],
        mutate_safetensors,
        (ValueError,),
        ("lstm_viz.training.state", "lstm_viz.tagging.tensors"),
        200,
    ),
    Target(
        "presets",
        _presets,
        lambda: [joined(seeds.preset().items())],
        _signed(mutate_parts(mutator_of)),
        (PresetError,),
        ("lstm_viz.tagging.presets", "lstm_viz.tagging.tensors", "lstm_viz.tagging.vocabulary"),
        150,
    ),
    Target(
        "segmenters",
        _segmenters,
        lambda: [seeds.segmenter(), seeds.segmenter(french=True)],
        mutate_safetensors,
        (SegmenterError,),
        ("lstm_viz.segmentation.storage", "lstm_viz.segmentation.segmenter", "lstm_viz.segmentation.edits"),
        400,
    ),
)
