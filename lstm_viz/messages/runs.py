"""What is asked of run folders, and answered."""

import msgspec

from lstm_viz.messages.base import Floats, Index, Message, Number
from lstm_viz.messages.nets import Module
from lstm_viz.runs.folder import Corpus
from lstm_viz.runs.settings import Settings
from lstm_viz.text.cut import Cut


class Survey(Message, frozen=True):
    """Look at what these settings would train on and with, before anything is trained."""

    number: Number
    settings: Settings


class Probe(Message, frozen=True):
    """Read this sentence at several epochs of a run, and give one quantity of one layer and direction.

    ``run`` is the path of the run folder. An epoch without a checkpoint is left out of the answer. ``cuts``
    as in `Read`.
    """

    number: Number
    run: str
    epochs: tuple[Index, ...]
    text: str
    quantity: str
    module: str = ""
    layer: Index = 0
    direction: Index = 0
    cuts: tuple[Cut, ...] = ()


class Flow(Message, frozen=True):
    """Give how far back the loss of each word of this sentence reaches, at this epoch of a run.

    ``cuts`` as in `Read`.
    """

    number: Number
    run: str
    epoch: Index
    text: str
    layer: Index = 0
    direction: Index = 0
    cuts: tuple[Cut, ...] = ()


class Confused(Message, frozen=True):
    """List the sentences of the run's dev part in which words of tag ``gold`` were tagged ``tag``."""

    number: Number
    run: str
    epoch: Index
    gold: str
    tag: str


class Surveyed(Message, frozen=True):
    """What a training would stand on; ``sentence`` says what is wrong with it, or is empty.

    ``remark`` is a sentence on what is unusual but no hindrance: a tag only in dev, words left unknown.
    """

    number: Number
    corpus: Corpus | None
    tags: tuple[str, ...] = ()
    vocabulary: Number = 0
    parameters: Number = 0
    steps_per_epoch: Number = 0
    remark: str = ""
    sentence: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A sentence at one epoch: ``values`` (T, H) of the quantity, and the tags with their probabilities."""

    epoch: Index
    values: Floats
    tags: tuple[str, ...]
    probabilities: Floats


class Probed(Message, frozen=True):
    """The sentence through the epochs.

    ``gold`` are its true tags where the run's corpus has the sentence, "" for a word that has none there;
    else what the last checkpoint says, and ``is_gold`` is false. ``epochs`` are all that have a checkpoint
    now.
    """

    number: Number
    run: str
    words: tuple[str, ...]
    gold: tuple[str, ...]
    is_gold: bool
    quantity: str
    modules: tuple[Module, ...]
    epochs: tuple[Index, ...]
    pictures: tuple[Picture, ...]


class Flowed(Message, frozen=True):
    """``norms`` (T, T): at [t, k] ‖∂ loss of word t / ∂ hₖ‖, the loss being that of ``targets``.

    What cannot be reached (k after t, reading forward) is 0. A word whose target is "" has no loss: 0 too.
    """

    number: Number
    run: str
    epoch: Index
    words: tuple[str, ...]
    targets: tuple[str, ...]
    is_gold: bool
    norms: Floats


class Mistaken(msgspec.Struct, frozen=True):
    """A sentence as its corpus cuts it, with its true tags, and the places of the words in question."""

    cut: Cut
    places: tuple[Index, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.cut.tokens)


class Confusions(Message, frozen=True):
    """The sentences with a confusion: at most some hundred, ``total`` says how many there are."""

    number: Number
    run: str
    epoch: Index
    gold: str
    tag: str
    total: Number
    sentences: tuple[Mistaken, ...]
