"""Uncaught exceptions: a panel that reports them, with the details to copy."""

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from lstm_viz.app.widgets.painting import number_font
from lstm_viz.app.widgets.plain_text import PlainLabel

_MAX_KEPT = 20


class ErrorReporter(QObject):
    """Replaces ``sys.excepthook`` while the window is open.

    Signals
    -------
    reported(details)
        There was an uncaught exception.
    """

    reported = Signal(str)

    def install(self) -> None:
        """Install the hook; `remove` restores the previous one."""
        self._before = sys.excepthook
        sys.excepthook = self._report

    def remove(self) -> None:
        sys.excepthook = self._before

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        self.reported.emit(details)


class ErrorPanel(QWidget):
    """Shows uncaught exceptions and keeps their tracebacks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error_panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._reports: list[str] = []
        self.title = PlainLabel(parent=self)
        self.title.setWordWrap(True)
        self.details = QPlainTextEdit(self)
        self.details.setReadOnly(True)
        self.details.setAccessibleName(self.tr("Details"))
        self.details.setFont(number_font(11))
        self.details.setMaximumHeight(130)
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.close_button = QPushButton(self.tr("Dismiss"), self)
        self.copy_button.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.details.toPlainText())
        )
        self.close_button.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.copy_button)
        head.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addLayout(head)
        layout.addWidget(self.details)
        self.hide()

    def report(self, details: str) -> None:
        """Show another traceback; one that is shown already is not repeated."""
        if details not in self._reports:
            self._reports = [*self._reports, details][-_MAX_KEPT:]
        last = details.strip().rsplit("\n", 1)[-1]
        self.title.setText(
            self.tr(
                "Something in this window went wrong; your sentence is safe and the program goes on.\n%1"
            ).replace("%1", last)
        )
        self.details.setPlainText("\n".join(self._reports))
        self.show()

    def dismiss(self) -> None:
        self._reports = []
        self.hide()
