"""An engine does without the compiler of torch, whose import takes seconds and some 70 MiB."""

import subprocess
import sys

from tests.runs_support import write_run

_HEAVY = ("torch._dynamo", "torch._inductor", "sympy")
_ASK = """
import sys
from lstm_viz.engine.desk import Desk
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import answers
from lstm_viz.messages import *
from lstm_viz.runs.settings import TUTORIAL

run, heavy = sys.argv[1], sys.argv[2:]
reader = Reader()
desk = Desk(reader.runs)
read = Read(1, "tutorial", "The dog ate", edits=(SetValue("h", 0.5, 0),), memory=True)
gru = Read(1, "tutorial-gru", "The dog ate")
questions = [
    *(Read(1, model.name, "The dog ate") for model in reader.models()), Read(1, "run:" + run, "The dog"),
    read, Remember(1, 0, 0), Owe(2, read), Ablate(2, read), Owe(2, gru), Ablate(2, gru), Survey(1, TUTORIAL),
    Probe(1, run, (1,), "The dog", "h"), Flow(1, run, 1, "The dog"), Confused(1, run, 1, "NN", "V"),
]
for question in questions:
    for answer in answers(reader, desk, question):
        assert not isinstance(answer, Problem), answer
    loaded = [name for name in heavy if name in sys.modules]
    assert not loaded, (question, loaded)
"""


def test_no_question_loads_the_compiler(tmp_path):
    run = write_run(tmp_path / "run", checkpoints=True)
    arguments = [sys.executable, "-c", _ASK, str(run), *_HEAVY]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
