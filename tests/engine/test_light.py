"""An engine does without the compiler of torch, whose import takes seconds and some 70 MiB."""

import subprocess
import sys

from tests.runs_support import write_run

_HEAVY = ("torch._dynamo", "torch._inductor", "sympy")
_ASK = """
import sys
from lstm_viz.engine.handlers import Models
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import results
from lstm_viz.messages import *
from lstm_viz.runs.settings import TUTORIAL

run, heavy = sys.argv[1], sys.argv[2:]
reader = Reader()
models = Models(reader, RunQueries(reader.runs))
read = ReadQuery("preset:tutorial", "The dog ate", edits=(SetValue("h", 0.5, 0),), decomposition=True)
gru = ReadQuery("preset:tutorial-gru", "The dog ate")
queries = [
    *(ReadQuery(model.uri, "The dog ate") for model in reader.models()),
    ReadQuery("run:" + run, "The dog"),
    read,
    DecompositionQuery(1, 0, 0),
    *(ask(1, one) for ask in (AttributionQuery, AblationQuery) for one in (read, gru)),
    CorpusQuery(TUTORIAL),
    HistoryQuery(f"run:{run}", (1,), "The dog", "h"),
    GradientFlowQuery(f"run:{run}", 1, "The dog"),
    ConfusionQuery(f"run:{run}", 1, "NN", "V"),
]
for query in queries:
    for answer in results(models, Envelope(1, "query", query)):
        assert not isinstance(answer, Failure), answer
    loaded = [name for name in heavy if name in sys.modules]
    assert not loaded, (query, loaded)
"""


def test_no_query_loads_the_compiler(tmp_path):
    run = write_run(tmp_path / "run", checkpoints=True)
    arguments = [sys.executable, "-c", _ASK, str(run), *_HEAVY]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
