"""The questions, the pictures that are to answer them, and the answers, computed from the numbers.

A reader gets the pictures and the questions, and nothing else. What cannot be answered from the picture, or
is answered wrongly with confidence, is a fault of the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from lstm_viz.ordinals import ordinal
from tests.comprehension.answers import Answer, largest, number, smallest, strongest, text
from tests.comprehension.nets import Net
from tests.comprehension.trained import Trained

TUTORIAL = "The dog ate the apple"
GARDEN = "The old man saw the zyrgle in the house ."
LONG = (
    "When the old dog saw the cat , it did n't bark ; it quietly walked away and slept under the table until "
    "we came home , and then it ate all of the bread that my sister had bought in the little shop near the "
    "station on the day before , which nobody in the house had wanted to eat ."
)
#: What `lstm-viz train` is given: enough epochs to fit the training sentences too closely.
TRAINING = (
    "small",
    "--epochs",
    "30",
    "--hidden",
    "24",
    "--lr",
    "0.02",
    "--dropout",
    "0",
    "--word-dropout",
    "0",
)

#: The arguments of ``lstm-viz grab`` for each picture; RUN is the run folder.
PICTURES: dict[str, tuple[str, ...]] = {
    "cell": ("--text", TUTORIAL, "--step", "3", "--unit", "5"),
    "sum": ("--text", TUTORIAL, "--step", "3", "--unit", "5", "--arithmetic", "c"),
    "gru": ("--text", TUTORIAL, "--model", "tutorial-gru", "--step", "2", "--unit", "2"),
    "decomposition": ("--text", TUTORIAL, "--panel", "decomposition", "--step", "5", "--unit", "2"),
    "attribution": ("--text", TUTORIAL, "--panel", "attribution", "--step", "3"),
    "ablation": ("--text", TUTORIAL, "--panel", "ablation", "--step", "3"),
    "unknown": ("--text", GARDEN, "--model", "english", "--step", "3"),
    "long": ("--text", LONG, "--model", "english", "--step", "30", "--unit", "57"),
    "backward": ("--text", GARDEN, "--model", "english-both", "--direction", "backward", "--step", "3"),
    "comparison": ("--text", TUTORIAL, "--compare", "The apple ate the dog", "--step", "3", "--unit", "5"),
    "intervention": ("--text", TUTORIAL, "--set", "f[2]@2=0", "--step", "4", "--unit", "2"),
    "shapes": ("--text", GARDEN, "--model", "english-both", "--panel", "shapes", "--size", "1600x1100"),
    "training": ("--page", "training", "--run", "RUN"),
}


@dataclass(frozen=True)
class Question:
    """A question about a picture."""

    picture: str
    text: str
    answer: Callable[[Trained], Answer]

    @property
    def needs_run(self) -> bool:
        """Whether the answer is in a run."""
        return "RUN" in PICTURES[self.picture]


QUESTIONS: list[Question] = []
_Answer = Callable[[Trained], Answer]


def _ask(picture: str, question: str) -> Callable[[_Answer], _Answer]:
    """Put a question into the bank; what is decorated computes the answer."""

    def put(answer: _Answer) -> _Answer:
        QUESTIONS.append(Question(picture, question, answer))
        return answer

    return put


def _tutorial(**more: object) -> Net:
    return Net("tutorial", TUTORIAL, **more)  # type: ignore[arg-type]


def _by_word(net: Net, values: np.ndarray) -> dict[str, float]:
    return dict(zip(net.words, map(float, values), strict=True))


def _by_unit(values: np.ndarray) -> dict[str, float]:
    return {str(ordinal(unit)): float(value) for unit, value in enumerate(values)}


# ------------------------------------------------------------ the cell


@_ask("cell", "Which tag does the model give to “dog”?")
def _(_: Trained) -> Answer:
    net = _tutorial()
    return Answer(net.predicted[1], float(np.diff(np.sort(np.exp(net.scores[1])))[-1]), (net.predicted[1],))


@_ask("cell", "What is the log-probability of DET at “ate”?")
def _(_: Trained) -> Answer:
    net = _tutorial()
    return number(net.scores[2, net.tags.index("DET")], 4)


@_ask("cell", "Which unit has the largest cell state, with its sign, at “apple”?")
def _(_: Trained) -> Answer:
    return largest(_by_unit(_tutorial().of("c")[4]))


@_ask("cell", "At which word does unit 5 forget most of what it had?")
def _(_: Trained) -> Answer:
    # "the" is there twice: the answer is the second one, and lower case says so
    return smallest(_by_word(_tutorial(), _tutorial().of("f")[:, 4]))


@_ask("cell", "How much does unit 5 write into its cell state at “ate” (input times candidate)?")
def _(_: Trained) -> Answer:
    net = _tutorial()
    return number(float(net.of("i")[2, 4] * net.of("g")[2, 4]), 3)


@_ask("cell", "What is the value of the output gate of unit 2 at “the” (the second time)?")
def _(_: Trained) -> Answer:
    return number(float(_tutorial().of("o")[3, 1]), 2)


@_ask("cell", "Is the hidden state of unit 3 at “dog” positive or negative?")
def _(_: Trained) -> Answer:
    value = float(_tutorial().of("h")[1, 2])
    return Answer("negative" if value < 0 else "positive", abs(value), (number(value, 2, sign=True).text,))


@_ask(
    "sum",
    "Which is larger in absolute value in the cell state of unit 5 at “ate”: what it kept or what it wrote?",
)
def _(_: Trained) -> Answer:
    net = _tutorial()
    kept = float(net.of("f")[2, 4] * net.of("c")[1, 4])
    wrote = float(net.of("i")[2, 4] * net.of("g")[2, 4])
    found = strongest({"what it kept": kept, "what it wrote": wrote})
    return Answer(found.text, found.lead, (number(kept, 3).text, number(wrote, 3).text))


@_ask("gru", "How much of its old hidden state does unit 2 keep at “dog” (a share between 0 and 1)?")
def _(_: Trained) -> Answer:
    return number(float(Net("tutorial-gru", TUTORIAL).of("z")[1, 1]), 3)


# ------------------------------------------------------------ why


@_ask("decomposition", "Which word contributes most to the cell state of unit 2 at the last word?")
def _(_: Trained) -> Answer:
    net = _tutorial()
    return strongest(_by_word(net, net.written(4, 1)))


@_ask(
    "decomposition",
    "How much of what “the” wrote into unit 2 at step 4 is left at step 5 (a factor)?",
)
def _(_: Trained) -> Answer:
    return number(float(_tutorial().of("f")[4, 1]), 2)


@_ask("attribution", "Without “dog”, does V at “ate” become more or less certain (occlusion)?")
def _(_: Trained) -> Answer:
    net, without = _tutorial(), _tutorial(without=1)
    other = net.tags[int(np.argsort(net.scores[2])[-2])]
    change = net.margin(2, "V", other) - without.margin(1, "V", other)
    return Answer("less" if change > 0 else "more", abs(change), (f"{change:+.3f}".replace("-", "−"),))


@_ask("ablation", "Which single unit does V at “ate” depend on most?")
def _(_: Trained) -> Answer:
    net = _tutorial()
    other = net.tags[int(np.argsort(net.scores[2])[-2])]
    changes = {}
    for unit in range(6):
        ablated = _tutorial(clamped={(0, 0, "h", step, unit): 0.0 for step in range(5)})
        changes[str(ordinal(unit))] = ablated.margin(2, "V", other) - net.margin(2, "V", other)
    return strongest(changes)


# ------------------------------------------------------------ marks


@_ask("unknown", "Which word is not in the vocabulary of the model?")
def _(_: Trained) -> Answer:
    (word,) = Net("english", GARDEN).unknown
    return text(word, word, "unknown word")


@_ask("long", "Which is the number of the selected unit, and how many are there?")
def _(_: Trained) -> Answer:
    units = Net("english", LONG).of("c").shape[-1]
    return text(f"57 of {units}", "unit 57", f"{units} units")


@_ask("long", "Which number among the words has the one at the playhead?")
def _(_: Trained) -> Answer:
    return text(f"30 of {len(Net('english', LONG).words)}", f"step 30 of {len(Net('english', LONG).words)}")


@_ask("long", "Is there a value beyond the colour scale of the cell state in view? At which end?")
def _(_: Trained) -> Answer:
    c = Net("english", LONG).of("c")[16:30]  # the columns around the playhead
    ends = {"above 2": c.max() > 2, "below −2": c.min() < -2}
    return text(" and ".join(end for end, is_there in ends.items() if is_there), "above the scale")


@_ask("backward", "Which word is read first?")
def _(_: Trained) -> Answer:
    return text(Net("english-both", GARDEN).words[-1], "backward")


# ------------------------------------------------------------ shapes


@_ask("shapes", "Is output[-1] the final hidden state? Where in output is that of the backward direction?")
def _(_: Trained) -> Answer:
    lstm = torch.nn.LSTM(128, 80, bidirectional=True)
    output, (h_n, _c) = lstm(torch.randn(len(Net("english-both", GARDEN).words), 1, 128))
    assert torch.equal(h_n[-1], output[0, :, 80:]) and not torch.equal(h_n[-1], output[-1, :, 80:])
    return text("no; at output[0, :, 80:]", "is not", "output[0, :, 80:]")


@_ask("shapes", "Which rows of weight_hh_l0 are those of the output gate, and how many numbers has it?")
def _(_: Trained) -> Answer:
    weight = torch.nn.LSTM(128, 80).weight_hh_l0
    assert weight.shape == (320, 80)
    return text(f"240 to 319; {weight.numel():,}", "o 240:320", "(320, 80) 25,600")


# ------------------------------------------------------------ two readings


@_ask("comparison", "At which step do the hidden states of the two sentences differ most?")
def _(_: Trained) -> Answer:
    a, b = _tutorial().of("h"), Net("tutorial", "The apple ate the dog").of("h")
    differences = {str(ordinal(k)): float(value) for k, value in enumerate(np.abs(a - b).max(-1))}
    return largest(differences)


@_ask("intervention", "Which number was clamped, at which word and to what?")
def _(_: Trained) -> Answer:
    return text("forget gate of unit 2 at “dog”, to 0", "dog")


@_ask("intervention", "Does any tag change by it?")
def _(_: Trained) -> Answer:
    net, held = _tutorial(), _tutorial(clamped={(0, 0, "f", 1, 1): 0.0})
    same = net.predicted == held.predicted
    return text("no" if same else "yes", *net.predicted)


# ------------------------------------------------------------ training


@_ask("training", "At which epoch was the model best on the validation sentences, and how good?")
def _(trained: Trained) -> Answer:
    best = max(trained.accuracies, key=lambda n: (trained.accuracies[n], -n))
    return text(f"epoch {best}, {trained.accuracies[best]:.4f}", f"{trained.accuracies[best]:.4f}")


@_ask("training", "Which tag is the hardest for the model (lowest F1) at the epoch in front?")
def _(trained: Trained) -> Answer:
    return smallest(trained.f1(max(trained.epochs)))


@_ask("training", "Does the model overfit, and since which epoch has the validation loss not fallen?")
def _(trained: Trained) -> Answer:
    lowest = min(trained.losses, key=lambda n: trained.losses[n])
    last = max(trained.losses)
    return Answer(f"yes, since epoch {lowest}", trained.losses[last] / trained.losses[lowest] - 1)


@_ask("training", "From which epoch on are all tags of the tracked sentence right for the first time?")
def _(trained: Trained) -> Answer:
    return text(f"epoch {trained.first_right()}")


@_ask("training", "With which learning rate was the run in front trained?")
def _(trained: Trained) -> Answer:
    return text(f"{trained.run.settings.learning_rate:g}")


@_ask("training", "Which gate is nearly open most often, over all its units?")
def _(trained: Trained) -> Answer:
    names = {"i": "input", "f": "forget", "o": "output"}
    rows = trained.saturation(max(trained.epochs)).open
    found = largest({names[gate]: float(np.mean(row)) for gate, row in rows.items()})
    return Answer(found.text, found.lead, (f"{max(float(np.mean(row)) for row in rows.values()):.0%} open",))
