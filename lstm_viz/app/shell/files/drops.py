"""Files that are dropped on the window."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.widgets.plain_text import PlainLabel

_MARGIN = 14


class Drops(QObject):
    """Takes the files that are dropped on a widget, over which it shows that they can be dropped.

    Signals
    -------
    dropped(paths)
        Files or folders were dropped.
    """

    dropped = Signal(list)

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._target = target
        target.setAcceptDrops(True)
        target.installEventFilter(self)
        self.label = PlainLabel(self.tr("Drop to open"), target)
        self.label.setObjectName("dropping")
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.hide()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if event.type() == QEvent.Type.DragLeave:
            self.label.hide()
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self.label.hide()
            event.acceptProposedAction()
            self.dropped.emit(_paths(event.mimeData()))
            return True
        return False

    def _enter(self, event: QDragEnterEvent) -> bool:
        has_files = bool(_paths(event.mimeData()))
        if has_files:
            event.acceptProposedAction()
            self.label.setGeometry(self._target.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
            self.label.raise_()
            self.label.show()
        return has_files


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
