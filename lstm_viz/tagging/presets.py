"""The taggers that we ship: settings as JSON, weights as safetensors, side by side in one folder.

Every tensor of a weights file has a leading axis of epochs: a preset may hold the checkpoints of its whole
training. The settings carry a SHA-256 over themselves and the weights, so that a damaged file is found
instead of shown.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import torch
from safetensors import SafetensorError
from torch import Tensor

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.resources import resource
from lstm_viz.tagging import tensors
from lstm_viz.tagging.models import CharWordTagger, Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.text.cut import Cut
from lstm_viz.text.rules import ENGLISH
from lstm_viz.text.segmentation import Segmentation

Weights = Mapping[str, Tensor]
State = tuple[Tensor, Tensor] | Tensor
#: Of words and of characters.
Vocabularies = tuple[Vocabulary, Vocabulary]

_NAMES = ("tutorial", "tutorial-gru", "tutorial-rnn", "english", "english-both")
_STATE_H, _STATE_C = "state.h", "state.c"


class PresetError(Exception):
    """A preset cannot be read; the text is a sentence for the person before the window."""

    def __init__(self, kind: Literal["missing", "damaged"], sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All there is to a preset but its weights.

    Attributes
    ----------
    title : str
        Short, for the chooser.
    about : str
        One line on what it was trained on and what it sees.
    home, before : str
        The sentence it is first shown with, and the one that it read last in training (None: of no interest).
    home_cut : Cut or None
        The words of ``home`` and their true tags, where it is a sentence of a corpus.
    tags : tuple of str
        The tagset, in the order of the scores.
    epochs : tuple of int
        The checkpoints that are there, in order.
    dev_accuracy : float or None
        The share of the development treebank's words that the shipped weights tag right, gold tokens.
    notice : str or None
        The licence of what it was trained on.
    words, characters : tuple of str
        The vocabularies, without the unknown; no characters for a `WordTagger`.
    """

    title: str
    about: str
    home: str
    before: str | None
    tags: tuple[str, ...]
    epochs: tuple[int, ...]
    sizes: Sizes
    dev_accuracy: float | None
    notice: str | None
    words: tuple[str, ...]
    characters: tuple[str, ...]
    home_cut: Cut | None = None

    def __post_init__(self) -> None:
        if not self.tags or not self.epochs or not self.words:
            raise ValueError("a preset has tags, epochs and words")
        if bool(self.characters) != bool(self.sizes.char_hidden_size):
            raise ValueError("characters and a character net go together")

    def vocabularies(self) -> Vocabularies:
        """Return the vocabularies of words and of characters; taggers may share them."""
        return Vocabulary(self.words), Vocabulary(self.characters)

    def tagger(self, dropout: float = 0.0, vocabularies: Vocabularies | None = None) -> WordTagger:
        """Return a tagger of these settings with freshly drawn weights."""
        words, characters = vocabularies or self.vocabularies()
        if not self.characters:
            return WordTagger(words, len(self.tags), self.sizes, dropout)
        return CharWordTagger(words, characters, len(self.tags), self.sizes, dropout)

    def trained_tagger(self, weights: Weights, vocabularies: Vocabularies | None = None) -> WordTagger:
        """Return a tagger with these weights, in eval mode; raises ValueError where they do not fit."""
        try:
            with torch.random.fork_rng(devices=[]):  # what is drawn is replaced: the caller's stream stays
                tagger = self.tagger(vocabularies=vocabularies)
            tagger.load_state_dict(weights)
        except (RuntimeError, ValueError) as error:
            if is_out_of_memory(error):
                raise
            raise ValueError(f"its weights do not fit its settings ({error})") from error
        return tagger.eval()


@dataclass(frozen=True, slots=True)
class Preset:
    """A tagger ready to read.

    Attributes
    ----------
    tagger : WordTagger or CharWordTagger
        In eval mode, with the weights of ``epoch``.
    state : (h, c), h or None
        The state in which training left the recurrent net: after it had read ``settings.before`` for the
        last time, just before that sentence's own update. Each (L·D, 1, H); zeros at epoch 0; None where
        training kept no state. A stateful tagger reads its first sentence after training from here.
    segmentation : Segmentation
        How a typed text is cut for it.
    """

    name: str
    settings: Settings
    epoch: int
    tagger: WordTagger
    state: State | None
    segmentation: Segmentation = ENGLISH


def names() -> tuple[str, ...]:
    """Return the presets in the order of the chooser."""
    return _NAMES


def title(name: str, folder: Path | None = None) -> str:
    """Return the preset's title without its weights, or its name where the settings cannot be read."""
    try:
        return _settings(_read(name, "json", folder), name)[0].title
    except PresetError:
        return name


def load(name: str, epoch: int | None = None, folder: Path | None = None) -> Preset:
    """Return the preset at this epoch (None: the last).

    Raises
    ------
    PresetError
        If there is no such preset or epoch, or one of its files is missing or damaged.
    """
    settings, declared, content = _settings(_read(name, "json", folder), name)
    data = _read(name, "safetensors", folder)
    if declared != _digest(content, data):
        raise _damaged(name, "its SHA-256 is not the one that it was written with")
    chosen = settings.epochs[-1] if epoch is None else epoch
    if chosen not in settings.epochs:
        raise PresetError("missing", f"The preset “{name}” has no epoch {chosen}.")
    weights = _checkpoint(name, data, settings.epochs.index(chosen), len(settings.epochs))
    state = _take_state(weights)
    try:
        tagger = settings.trained_tagger(weights)
    except ValueError as error:
        raise _damaged(name, error) from error
    return Preset(name, settings, chosen, tagger, state)


def save(name: str, settings: Settings, checkpoints: Sequence[Weights], folder: Path | None = None) -> None:
    """Write the preset's two files: ``settings``, and the weights of each of its epochs.

    A checkpoint is a tagger's state dict, with ``state.h`` (and ``state.c``) beside it where training kept
    a state.
    """
    stacked = {key: torch.stack([weights[key] for weights in checkpoints]) for key in checkpoints[0]}
    data = tensors.save(stacked)
    content = msgspec.to_builtins(settings)
    signed = {"sha256": _digest(content, data), **content}
    lines = [msgspec.json.encode(key) + b": " + msgspec.json.encode(value) for key, value in signed.items()]
    _path(name, "safetensors", folder).write_bytes(data)
    _path(name, "json", folder).write_bytes(b"{\n" + b",\n".join(lines) + b"\n}\n")


def _path(name: str, suffix: str, folder: Path | None) -> Path:
    return (folder or resource("presets")) / f"{name}.{suffix}"


def _damaged(name: str, reason: object) -> PresetError:
    return PresetError("damaged", f"The preset “{name}” is damaged: {reason}.")


def _read(name: str, suffix: str, folder: Path | None) -> bytes:
    path = _path(name, suffix, folder)
    try:
        return path.read_bytes()
    except OSError as error:
        raise PresetError(
            "missing", f"The preset “{name}” cannot be read ({error.strerror}: {path})."
        ) from error


def _settings(raw: bytes, name: str) -> tuple[Settings, object, dict[str, Any]]:
    try:
        content = msgspec.json.decode(raw, type=dict[str, Any])
        declared = content.pop("sha256", None)
        return msgspec.convert(content, Settings), declared, content
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(name, error) from error


def _digest(content: dict[str, Any], data: bytes) -> str:
    return hashlib.sha256(msgspec.json.encode(content, order="sorted") + data).hexdigest()


def _checkpoint(name: str, data: bytes, place: int, epochs: int) -> dict[str, Tensor]:
    try:
        stacked = tensors.load(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise _damaged(name, error) from error
    for key, tensor in stacked.items():
        if tensor.ndim < 2 or len(tensor) != epochs:
            raise _damaged(name, f"{key} does not hold {epochs} epochs")
        if not bool(tensor[place].isfinite().all()):
            raise _damaged(name, f"{key} holds a number that is not finite")
    return {key: tensor[place].float() for key, tensor in stacked.items()}


def _take_state(weights: dict[str, Tensor]) -> State | None:
    h, c = weights.pop(_STATE_H, None), weights.pop(_STATE_C, None)
    return h if h is None or c is None else (h, c)
