"""An engine whose models are no taggers: they predict real values, nothing, or classes."""

import sys
from pathlib import Path

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ModelName
from lstm_viz.subjects.subject import Subject

sys.path.insert(0, str(Path(__file__).parents[3]))  # an engine is isolated from the current folder
from tests.subjects.regressor import Bare, Classifier, Regressor

_KINDS = {"test:values": Regressor, "test:nothing": Bare, "test:classes": Classifier}


class OtherReader(Reader):
    def models(self) -> tuple[ModelName, ...]:
        return tuple(ModelName(uri, uri) for uri in _KINDS)

    def load(self, uri: str, epoch: int | None) -> Subject:
        return _KINDS[uri](uri=uri)


if __name__ == "__main__":
    sys.exit(serve_window(OtherReader()))
