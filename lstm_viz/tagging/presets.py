"""The shipped taggers: settings as JSON and weights as safetensors, side by side in one folder.

Every tensor of a weights file has a leading axis of epochs: a preset may have the checkpoints of its whole
training. The settings have a SHA-256 over themselves and the weights, by which a damaged file is detected.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor

from lstm_viz.errors import CodedError, InvalidError, Parameter, coded
from lstm_viz.files.decoding import DECODING_ERRORS, decode_json
from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import read_named
from lstm_viz.meta_device import meta_device
from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.resources import resource
from lstm_viz.tagging import tensors
from lstm_viz.tagging.models import CharWordTagger, Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.text.rules import ENGLISH
from lstm_viz.text.segmentation import Segmentation
from lstm_viz.text.tokenized_text import TokenizedText

Weights = Mapping[str, Tensor]
State = tuple[Tensor, Tensor] | Tensor
#: Of words and of characters.
Vocabularies = tuple[Vocabulary, Vocabulary]

_NAMES = ("tutorial", "tutorial-gru", "tutorial-rnn", "english", "english-both")
_STATE_H, _STATE_C = "state.h", "state.c"
_BYTES_A_NUMBER, _HEADER_BYTES = 8, 1 << 20
_MOST_JSON_BYTES, _MOST_BYTES = 64 << 20, 1 << 30


class PresetError(CodedError):
    """Raised where a preset cannot be read."""


class PresetSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a preset: everything but its weights.

    Attributes
    ----------
    title : str
        Short, for the chooser.
    about : str
        One line on its training data and its inputs.
    home, before : str
        The initial sentence, and the last sentence of the training (None where its final state is not saved).
    tokenized_home : TokenizedText or None
        The segmentation of ``home`` and its true tags, where it is a sentence of a corpus.
    tags : tuple of str
        The tagset, in the order of the scores.
    epochs : tuple of int
        The available checkpoints, in order.
    dev_accuracy : float or None
        The accuracy of the shipped weights on the development treebank, with gold tokens.
    notice : str or None
        The licence of the training data.
    words, characters : tuple of str
        The vocabularies, without the unknown item; no characters for a `WordTagger`.
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
    tokenized_home: TokenizedText | None = msgspec.field(default=None, name="home_cut")

    def __post_init__(self) -> None:
        if not self.tags or not self.epochs or not self.words:
            raise InvalidError("preset_empty")
        if bool(self.characters) != bool(self.sizes.char_hidden_size):
            raise InvalidError("preset_characters_differ")

    def vocabularies(self) -> Vocabularies:
        """Return the vocabularies of words and of characters; taggers may share them."""
        return Vocabulary(self.words), Vocabulary(self.characters)

    def tagger(self, dropout: float = 0.0, vocabularies: Vocabularies | None = None) -> WordTagger:
        """Return a tagger with these settings and randomly initialized weights."""
        words, characters = vocabularies or self.vocabularies()
        if not self.characters:
            return WordTagger(words, len(self.tags), self.sizes, dropout)
        return CharWordTagger(words, characters, len(self.tags), self.sizes, dropout)

    def most_bytes(self) -> int:
        """Return the largest size of a weights file; raises ValueError where the sizes are impossible."""
        return _BYTES_A_NUMBER * sum(shape.numel() for shape in self._shapes().values()) + _HEADER_BYTES

    def trained_tagger(self, weights: Weights, vocabularies: Vocabularies | None = None) -> WordTagger:
        """Return a tagger with these weights, in eval mode; raises ValueError where they do not fit.

        Shapes are compared before any memory is allocated.
        """
        tagger, expected = self._meta(vocabularies), self._shapes(vocabularies)
        if weights.keys() != expected.keys():
            other = sorted(weights.keys() ^ expected.keys())[0]
            raise InvalidError("weights_name", name=other)
        for name, shape in expected.items():
            if weights[name].shape != shape:
                given, wanted = str(list(weights[name].shape)), str(list(shape))
                raise InvalidError("weights_shape", name=name, given=given, wanted=wanted)
        # copies: kernels choose their code path by memory alignment, which would change the last digits
        tagger.load_state_dict({name: weights[name].clone() for name in expected}, assign=True)
        return tagger.eval()

    def _meta(self, vocabularies: Vocabularies | None) -> WordTagger:
        """Return a tagger on torch's "meta" device."""
        try:
            with meta_device():
                return self.tagger(vocabularies=vocabularies)
        except RuntimeError as error:  # the number of elements overflows
            if is_out_of_memory(error):
                raise
            raise InvalidError("weights_impossible", error=str(error)) from error

    def _shapes(self, vocabularies: Vocabularies | None = None) -> dict[str, torch.Size]:
        return {name: tensor.shape for name, tensor in self._meta(vocabularies).state_dict().items()}


@dataclass(frozen=True, slots=True)
class Preset:
    """A loaded tagger.

    Attributes
    ----------
    tagger : WordTagger or CharWordTagger
        In eval mode, with the weights of ``epoch``.
    state : (h, c), h or None
        The final state of training: after the last forward pass over ``settings.before``, before the update
        for that sentence. Each (L·D, 1, H); zeros at epoch 0; None where training did not carry the state
        over. It is the initial state for the first sentence after training.
    segmentation : Segmentation
        The segmentation of typed text.
    """

    settings: PresetSettings
    epoch: int
    tagger: WordTagger
    state: State | None
    segmentation: Segmentation = ENGLISH


def names() -> tuple[str, ...]:
    """Return the presets in the order of the chooser."""
    return _NAMES


def title(name: str, folder: Path | None = None) -> str:
    """Return the preset's title without loading its weights, or its name where it cannot be read."""
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
        raise _damaged(name, coded("preset_hash_differs"))
    chosen = settings.epochs[-1] if epoch is None else epoch
    if chosen not in settings.epochs:
        raise PresetError("preset_epoch_missing", name=name, epoch=chosen)
    weights = _checkpoint(name, data, settings.epochs.index(chosen), len(settings.epochs))
    state = _take_state(weights)
    try:
        tagger = settings.trained_tagger(weights)
    except ValueError as error:
        raise _damaged(name, reason_of(error)) from error
    return Preset(settings, chosen, tagger, state)


def save(
    name: str, settings: PresetSettings, checkpoints: Sequence[Weights], folder: Path | None = None
) -> None:
    """Write the preset's two files: ``settings``, and the weights of each of its epochs.

    A checkpoint is a tagger's state dict, with ``state.h`` (and ``state.c``) added where training carried the
    state over.
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


def _damaged(name: str, reason: Parameter) -> PresetError:
    return PresetError("preset_damaged", name=name, reason=reason)


def _read(name: str, suffix: str, folder: Path | None) -> bytes:
    path = _path(name, suffix, folder)
    try:
        return read_named(path, _MOST_JSON_BYTES if suffix == "json" else _MOST_BYTES)
    except OSError as error:
        reason = reason_of(error)
        raise PresetError("preset_unreadable", name=name, reason=reason, path=str(path)) from error


def _settings(raw: bytes, name: str) -> tuple[PresetSettings, object, dict[str, Any]]:
    try:
        content = decode_json(raw, dict[str, Any])
        declared = content.pop("sha256", None)
        return msgspec.convert(content, PresetSettings), declared, content
    except DECODING_ERRORS as error:
        raise _damaged(name, reason_of(error)) from error


def _digest(content: dict[str, Any], data: bytes) -> str:
    return hashlib.sha256(msgspec.json.encode(content, order="sorted") + data).hexdigest()


def _checkpoint(name: str, data: bytes, place: int, epochs: int) -> dict[str, Tensor]:
    try:
        stacked = tensors.load(data)
        for key, tensor in stacked.items():
            if tensor.ndim < 2 or len(tensor) != epochs:
                raise InvalidError("preset_epochs_differ", name=key, epochs=epochs)
        return tensors.as_weights({key: tensor[place] for key, tensor in stacked.items()})
    except ValueError as error:
        raise _damaged(name, reason_of(error)) from error


def _take_state(weights: dict[str, Tensor]) -> State | None:
    h, c = weights.pop(_STATE_H, None), weights.pop(_STATE_C, None)
    return h if h is None or c is None else (h, c)
