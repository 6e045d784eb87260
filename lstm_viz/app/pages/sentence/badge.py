"""The status line: the difference of the gates from torch, and the time the last keystroke took."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.pages.sentence.stopwatch import Stopwatch
from lstm_viz.app.state import State
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.painting import number_font
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.messages import Reading

#: A larger difference is an error, and is shown in the colour of errors.
TOLERANCE = 1e-5
_WIDEST = 400
_MARGINS, _SPACING = 8, 14


class Badge(QWidget):
    """Shows the agreement of the gates with torch, and the latency of the window.

    Where both do not fit, the agreement alone is shown; where that does not fit either, it is shorter.
    """

    def __init__(self, state: State, stopwatch: Stopwatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._agreed, self._gated = True, True
        self._error: float | None = None  # until there is a reading with words
        self.agreement = ElidedLabel(self, sample=self._longest())
        self.stepped = ElidedLabel(self, sample=self._stepped(8e-88))
        self.painted = ElidedLabel(self, sample=self._painted(888.8))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGINS // 2, 0, _MARGINS // 2, 0)
        layout.setSpacing(_SPACING)
        for label in (self.agreement, self.stepped, self.painted):
            label.setFont(number_font(11))
            label.setObjectName("muted")
            layout.addWidget(label)
        set_tip(self.agreement,
            self.tr("The largest difference between the hidden state that follows from the numbers shown\n"
                    "and the hidden state that torch computed, over the whole sentence")
        )  # fmt: skip
        set_tip(self.stepped,
            self.tr("With edits the net is stepped word by word by its equations. The same stepping without\n"
                    "any edit gives torch's hidden state, up to this largest difference over the sentence")
        )  # fmt: skip
        self.stepped.hide()
        self.painted.setMaximumWidth(0)  # until there is a time to show
        set_tip(self.painted, self.tr("From the last change of the text until every panel was painted"))
        state.reading_changed.connect(self._reading_changed)
        stopwatch.measured.connect(self._measured)
        state.theme_changed.connect(lambda _: self._colour())

    def _reading_changed(self, reading: Reading) -> None:
        if reading.view is None:
            self._error = None
            self.agreement.show_text(self.tr("no words"))
            return
        error = reading.view.max_error
        agrees, edited = error <= TOLERANCE, reading.unedited is not None
        if edited is self.stepped.isHidden():
            self.stepped.setVisible(edited)
            self.agreement.setVisible(not edited)
        self._error = error
        self._set_gated(bool(reading.view.module.kind.gates))
        self._show_error()
        if agrees != self._agreed:
            self._agreed = agrees
            self._colour()

    def _set_gated(self, gated: bool) -> None:
        if gated is not self._gated:
            self._gated = gated
            self.agreement.set_sample(self._longest())
            self.updateGeometry()

    def _longest(self) -> str:
        return max((self._agreement(8e-88, agrees) for agrees in (True, False)), key=len)

    def _show_error(self) -> None:
        """Show the difference from torch, as long as there is room for."""
        if self._error is None:
            return
        edited, agrees = not self.stepped.isHidden(), self._error <= TOLERANCE
        label, text = self.agreement, self._agreement(self._error, agrees)
        if edited:
            label, text = self.stepped, self._stepped(self._error)
        fits = label.fontMetrics().horizontalAdvance(text) <= self.width() - _MARGINS - _SPACING
        label.show_text(text if fits else self._short(self._error, agrees))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fits = self.width() >= self.sizeHint().width()
        self.painted.setMaximumWidth(_WIDEST if fits and self.painted.text() else 0)
        self._show_error()

    def sizeHint(self) -> QSize:
        """Return the size of all texts: it must not depend on which of them there is room for."""
        shown = self.agreement if self.stepped.isHidden() else self.stepped
        width = _MARGINS + _SPACING + shown.sizeHint().width()
        if self.painted.text():
            width += self.painted.sizeHint().width()
        return QSize(width, super().sizeHint().height())

    def _colour(self) -> None:
        sheet = "" if self._agreed else f"color: {self._state.theme.danger}"
        for label in (self.agreement, self.stepped):
            label.setStyleSheet(sheet)

    def _measured(self, milliseconds: float) -> None:
        is_first = not self.painted.text()
        self.painted.show_text(self._painted(milliseconds))
        if is_first:
            self.updateGeometry()
            self._fit()

    def _agreement(self, error: float, agrees: bool) -> str:
        if self._gated:
            text = self.tr("gates agree with torch: max |Δh| %1")
            differ = self.tr("gates DIFFER from torch: max |Δh| %1")
        else:
            text = self.tr("hidden states agree with torch: max |Δh| %1")
            differ = self.tr("hidden states DIFFER: max |Δh| %1")
        text = text if agrees else differ
        return text.replace("%1", f"{error:.0e}")

    def _short(self, error: float, agrees: bool) -> str:
        text = self.tr("max |Δh| %1 from torch") if agrees else self.tr("DIFFERS: max |Δh| %1")
        return text.replace("%1", f"{error:.0e}")

    def _stepped(self, error: float) -> str:
        text = self.tr("max |Δh| %1 from torch without edits")
        if error > TOLERANCE:
            text = self.tr("max |Δh| %1: DIFFERS from torch without edits")
        return text.replace("%1", f"{error:.0e}")

    def _painted(self, milliseconds: float) -> str:
        return self.tr("typed → painted %1 ms").replace("%1", f"{milliseconds:.1f}")
