"""The floor of a keystroke: the work that remains whatever the program does, measured in the same run.

It is the forward pass of torch over the changed word, a round trip over the sockets with as many bytes, and
the regions that a key changes in the window, painted from a finished picture.
"""

from collections.abc import Callable

import torch
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lstm_viz.app.queries.of_state import read_query
from lstm_viz.app.shell.session import Session
from lstm_viz.bench.echo import Echo
from lstm_viz.bench.engine import preset
from lstm_viz.messages import Envelope, Reply
from lstm_viz.wire import encode


class Floor:
    """The floor of the key that ``type_key`` types into the window of a session."""

    def __init__(self, session: Session, type_key: Callable[[], object]) -> None:
        state = session.state
        assert state.reading is not None
        self._forward = _forward_pass(state.selection.model)
        self._sent = len(encode(Envelope(1, "reading", read_query(state.selection))))
        self._received = len(encode(Reply(1, state.reading)))
        regions = _painted(type_key)
        self._echo, self._picture = Echo(), _Picture(session.window.grab(), regions)

    def run(self) -> None:
        """Do the work once."""
        self._forward()
        self._echo.round_trip(self._sent, self._received)
        self._picture.paint()

    def close(self) -> None:
        """End the process at the other end, and close the window with the picture."""
        self._echo.close()
        self._picture.close()
        self._picture.deleteLater()


def _forward_pass(model: str) -> Callable[[], object]:
    """Return the forward pass of a tagger over one word, from the state after others."""
    tagger = preset(model).tagger
    with torch.no_grad():
        _, state = tagger.recurrent(tagger.inputs(("the", "dog")))

    @torch.no_grad()
    def forward() -> None:
        output, _ = tagger.recurrent(tagger.inputs(("ate",)), state)
        torch.log_softmax(tagger.hidden_to_tag(output), -1)

    return forward


class _Picture(QWidget):
    """A window with a picture of another one, of which `paint` repaints the ``regions``."""

    def __init__(self, picture: QPixmap, regions: QRegion) -> None:
        super().__init__()
        self._picture, self._regions = picture, regions
        self.resize(picture.size())
        self.show()
        QTest.qWaitForWindowExposed(self)

    def paint(self) -> None:
        self.update(self._regions)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.UpdateRequest.value)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(event.rect(), self._picture, event.rect())  # clipped to the regions


class _Painting(QObject):
    """Records the region in which the widgets of the only visible window paint."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent) and isinstance(watched, QWidget):
            place = watched.mapTo(watched.window(), QPoint())
            self.region |= event.region().translated(place)
        return False


def _painted(act: Callable[[], object]) -> QRegion:
    """Return the region of the window that is painted while ``act`` runs."""
    application, painting = QApplication.instance(), _Painting()
    assert application is not None
    application.installEventFilter(painting)
    act()
    application.removeEventFilter(painting)
    return painting.region
