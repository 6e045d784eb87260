"""The bar over the heatmaps: the summary of the comparison, and the choice of what is shown of it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from lstm_viz.app.panels.comparison.comparison import Comparison
from lstm_viz.app.panels.comparison.comparison_model import ComparisonModel
from lstm_viz.app.panels.comparison.summary import Summary
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.plain_text import set_tip


class Segments(QWidget):
    """Buttons of which one is checked.

    Signals
    -------
    picked(name)
        The user chose another.
    """

    picked = Signal(str)

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {name: QPushButton(self) for name in names}
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for name, button in self.buttons.items():
            button.setCheckable(True)
            button.setObjectName("toggle")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: self.picked.emit(name))
            self._group.addButton(button)
            layout.addWidget(button)

    def name(self, texts: Mapping[str, str], tips: Mapping[str, str]) -> None:
        """Set the texts and tool tips of the buttons."""
        for name, button in self.buttons.items():
            button.setText(texts[name])
            set_tip(button, tips[name])
            button.setAccessibleName(tips[name])

    def show_choice(self, name: str) -> None:
        self.buttons[name].setChecked(True)


class ComparisonBar(QWidget):
    """One slim row, visible only while there is a comparison."""

    def __init__(
        self, state: State, comparison_model: ComparisonModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._comparison_model = state, comparison_model
        self._edited: bool | None = None
        self._summary = Summary(self)
        self.label = ElidedLabel(self)
        self.label.setObjectName("message")
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.segments = Segments(("difference", "both", "first", "second"), self)
        self.segments.setAccessibleName(self.tr("View of the comparison"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.segments)
        self.setFixedHeight(24)
        self.setAccessibleName(self.tr("Comparison"))
        self.setWhatsThis(
            self.tr(
                "Two readings on the same columns: before and after the edits, or two sentences, epochs "
                "or models. The difference is the second minus the first, element by element: "
                "yellow-green where the second is greater, violet where it is less. The scale of each "
                "quantity is the first of ±0.01, 0.02, 0.05, 0.1, … 4 that holds its largest difference. "
                "max |Δh| is the largest difference of a hidden state: over all units at each word, and "
                "over all words in this line."
            )
        )
        self.segments.picked.connect(lambda name: state.change(comparison_view=name))
        state.selection_changed.connect(self._selection_changed)
        state.error_changed.connect(self._draw)
        comparison_model.changed.connect(self._draw)
        self._draw()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.comparison_view != old.comparison_view:
            self._draw()

    def _draw(self, *_: object) -> None:
        comparison, state = self._comparison_model.comparison, self._state
        self.setVisible(comparison is not None and state.error is None)
        if comparison is None or state.reading is None:
            return
        text = (
            self.tr("B is being read…")
            if self._comparison_model.pale
            else self._summary.of(comparison, state.reading.resolved_edits, state.selection.comparison_view)
        )
        self.label.show_text(text)
        self.setAccessibleDescription(text)
        if comparison.edited is not self._edited:
            self._edited = comparison.edited
            self._name_segments(comparison.edited)
        self._show_choice(comparison)

    def _show_choice(self, comparison: Comparison | None) -> None:
        """Show the choice; without a difference, it is "both"."""
        comparison_view = self._state.selection.comparison_view
        self.segments.setVisible(comparison is not None and comparison.by_words)
        impossible = comparison is not None and bool(comparison.no_difference_reason)
        button = self.segments.buttons["difference"]
        button.setEnabled(not impossible)
        set_tip(button, self._why_none() if impossible else button.accessibleName())
        self.segments.show_choice(
            "both" if impossible and comparison_view == "difference" else comparison_view
        )

    def _why_none(self) -> str:
        return self.tr("The numbers of units differ: no unit of A corresponds to one of B.")

    def _name_segments(self, edited: bool) -> None:
        texts = {
            "difference": self.tr("Difference"),
            "both": self.tr("Both"),
            "first": self.tr("A"),
            "second": self.tr("B"),
        }
        tips = {
            "difference": self.tr("Show B − A"),
            "both": self.tr("Show A over B, quantity by quantity"),
            "first": self.tr("Show A alone"),
            "second": self.tr("Show B alone"),
        }
        if edited:
            texts |= {"first": self.tr("A before"), "second": self.tr("B after")}
            tips |= {
                "difference": self.tr("Show after − before"),
                "first": self.tr("Show the numbers before the edits alone"),
                "second": self.tr("Show the numbers after the edits alone"),
            }
        self.segments.name(texts, tips)
