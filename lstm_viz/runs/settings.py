"""The settings of a training: each with its range, its flag and a description.

The command line and the form of the window are both built from `TrainingSettings`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta


class TrainingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a training; the defaults suit a treebank of several thousand sentences."""

    corpus: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            description="training data: tutorial or small, which are bundled, or CoNLL-U files",
        ),
    ]
    dev: Annotated[
        str | None,
        Meta(
            description="a CoNLL-U file to evaluate on (default: the bundled one, or "
            "every tenth sentence of the corpus)",
        ),
    ] = None
    cell: Annotated[
        Literal["lstm", "gru", "rnn"],
        Meta(description="kind of the recurrent cell"),
    ] = "lstm"
    hidden_size: Annotated[
        int,
        Meta(ge=1, le=2048, description="hidden units of each recurrent layer"),
    ] = 64
    num_layers: Annotated[int, Meta(ge=1, le=8, description="stacked recurrent layers")] = 1
    bidirectional: Annotated[
        bool, Meta(description="add the reverse direction: a tag then depends on the whole sentence")
    ] = False
    embedding_size: Annotated[int, Meta(ge=1, le=2048, description="size of a word's embedding")] = 64
    characters: Annotated[
        bool,
        Meta(description="also encode each word with a character-level LSTM, for unknown words"),
    ] = False
    char_hidden_size: Annotated[
        int, Meta(ge=1, le=1024, description="hidden units of the character-level LSTM")
    ] = 64
    char_embedding_size: Annotated[
        int, Meta(ge=1, le=1024, description="size of a character's embedding")
    ] = 24
    decoder: Annotated[
        Literal["argmax", "crf"],
        Meta(description="argmax tags word by word; crf learns transitions between tags and uses Viterbi"),
    ] = "argmax"
    optimiser: Annotated[
        Literal["sgd", "adam"],
        Meta(description="sgd, or adam, which usually converges faster"),
    ] = "adam"
    learning_rate: Annotated[
        float, Meta(gt=0, le=1e9, description="learning rate (adam: about 0.003; sgd: about 0.1)")
    ] = 0.003
    final_rate: Annotated[
        float,
        Meta(ge=0, le=1, description="fraction of the learning rate in the last epoch"),
    ] = 0.1
    batch_size: Annotated[int, Meta(ge=1, le=4096, description="sentences per step")] = 32
    epochs: Annotated[int, Meta(ge=1, le=100_000, description="passes over the corpus")] = 10
    shuffle: Annotated[bool, Meta(description="shuffle the sentences in every epoch")] = True
    dropout: Annotated[
        float,
        Meta(
            ge=0,
            le=0.95,
            description="probability of an element to be zeroed in training, against overfitting",
        ),
    ] = 0.3
    word_dropout: Annotated[
        float,
        Meta(
            ge=0,
            le=100,
            description="how readily a rare word is replaced by the unknown one in training",
        ),
    ] = 0.5
    min_word_count: Annotated[
        int, Meta(ge=1, le=1000, description="words with fewer occurrences are unknown")
    ] = 1
    min_character_count: Annotated[
        int, Meta(ge=1, le=1000, description="characters with fewer occurrences are unknown")
    ] = 1
    clip: Annotated[
        float, Meta(ge=0, le=1e9, description="maximum norm of the gradient; 0 does not clip")
    ] = 0.0
    checkpoint_every: Annotated[
        int, Meta(ge=1, le=100_000, description="epochs between kept checkpoints")
    ] = 1
    seed: Annotated[
        int, Meta(ge=0, le=2**53, description="seed of the random numbers: equal seeds give equal runs")
    ] = 1

    @property
    def is_bundled(self) -> bool:
        """Whether all corpora are bundled with the program."""
        return all(name in BUNDLED for name in self.corpus)

    def keeps_checkpoint(self, epoch: int) -> bool:
        """Return whether the checkpoint at the end of an epoch is kept."""
        return epoch % self.checkpoint_every == 0 or epoch == self.epochs


#: Command line flags that differ from the name of the setting.
_FLAGS = MappingProxyType(
    {
        "hidden_size": "hidden",
        "embedding_size": "embedding",
        "num_layers": "layers",
        "characters": "chars",
        "char_hidden_size": "char-hidden",
        "char_embedding_size": "char-embedding",
        "learning_rate": "lr",
        "batch_size": "batch",
        "min_character_count": "min-char-count",
    }
)

#: The settings of PyTorch's tutorial "Sequence Models and Long Short-Term Memory Networks".
TUTORIAL = TrainingSettings(
    corpus=("tutorial",),
    hidden_size=6,
    embedding_size=6,
    optimiser="sgd",
    learning_rate=0.1,
    final_rate=1.0,
    batch_size=1,
    epochs=300,
    shuffle=False,
    dropout=0.0,
    word_dropout=0.0,
    checkpoint_every=10,
)

#: For a class: trains in a few seconds.
SMALL = TrainingSettings(
    corpus=("small",), hidden_size=32, embedding_size=32, batch_size=8, epochs=20, learning_rate=0.01
)

#: The bundled corpora, and the default settings of each.
BUNDLED: Mapping[str, TrainingSettings] = MappingProxyType({"tutorial": TUTORIAL, "small": SMALL})


#: The default learning rate of each optimiser for other corpora.
_RATES = MappingProxyType({"adam": 0.003, "sgd": 0.1})


def usual_rate(corpus: tuple[str, ...], optimiser: str) -> float:
    """Return the default learning rate for a corpus and an optimiser."""
    usual = suitable(corpus)
    return usual.learning_rate if usual.optimiser == optimiser else _RATES[optimiser]


def suitable(corpus: tuple[str, ...]) -> TrainingSettings:
    """Return the default settings for a corpus, which explicit settings override."""
    if len(corpus) == 1 and corpus[0] in BUNDLED:
        return BUNDLED[corpus[0]]
    return TrainingSettings(corpus=corpus)


def arguments(settings: TrainingSettings) -> tuple[str, ...]:
    """Return the arguments of `lstm-viz train` for these settings; defaults are left out."""
    usual = suitable(settings.corpus)
    explicit = {"learning_rate"} if settings.optimiser != usual.optimiser else set()  # it has its own default
    result = list(settings.corpus)
    for name, field in FIELDS.items():
        value = getattr(settings, name)
        if name == "corpus" or (value == getattr(usual, name) and name not in explicit):
            continue
        if field.kind is bool:
            result.append(field.flag if value else field.flag.replace("--", "--no-", 1))
        else:
            result += [field.flag, str(value)]
    return tuple(result)


@dataclass(frozen=True, slots=True)
class Field:
    """The metadata of a setting, for the command line and the form of the window.

    ``least`` and ``most`` are None if there is no such limit; ``above``: ``least`` itself is excluded.
    ``choices`` is empty if any value of ``kind`` is valid.
    """

    name: str
    flag: str
    about: str
    kind: type
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: bool = False


def _field(name: str, annotation: Any) -> Field:
    kind, meta = get_args(annotation)[:2]
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if isinstance(kind, UnionType):
        kind = next(part for part in get_args(kind) if part is not NoneType)
    return Field(
        name=name,
        flag="--" + _FLAGS.get(name, name).replace("_", "-"),
        about=meta.description,
        kind=str if choices else get_origin(kind) or kind,
        choices=choices,
        least=meta.ge if meta.ge is not None else meta.gt,
        most=meta.le,
        above=meta.gt is not None,
    )


#: Every setting, in the order in which they are shown.
FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        name: _field(name, annotation)
        for name, annotation in get_type_hints(TrainingSettings, include_extras=True).items()
    }
)


def checked(settings: TrainingSettings) -> TrainingSettings:
    """Return the settings unchanged; raises ValueError if one is out of range.

    (msgspec checks ranges only when it decodes.)
    """
    try:
        return msgspec.convert(msgspec.to_builtins(settings), TrainingSettings)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
