"""Choosers of what several panels are about: the unit, the tag, and the number of it that is explained."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from lstm_viz.app.panels.attribution.targets import TARGETS, target_name
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.messages import Reading


class UnitChooser(QComboBox):
    """Chooses the selected unit, or the mean over all."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Unit"))
        set_tip(self, self.tr("The unit that is followed (↑ ↓), or the mean over all"))
        self.setWhatsThis(
            self.tr("One unit of the state, in all panels at once. The mean adds up like a unit does.")
        )
        self.activated.connect(lambda k: state.change(unit=k - 1 if k else None))

    def show_unit(self, reading: Reading, unit: int | None) -> None:
        """Show a unit of the reading's view; the list is refilled if the number of units differs."""
        assert reading.view is not None
        units = reading.view.module.hidden_size
        with QSignalBlocker(self):
            if self.count() != units + 1:
                self.clear()
                self.addItem(self.tr("mean of all units"))
                self.addItems([self.tr("unit %1").replace("%1", str(k)) for k in range(units)])
            self.setCurrentIndex(0 if unit is None else unit + 1)


class TagChooser(QComboBox):
    """Chooses the explained tag, or each word's own."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tags: tuple[str, ...] = ()
        self.setAccessibleName(self.tr("Tag"))
        set_tip(self, self.tr("The tag whose score is taken apart"))
        self.setWhatsThis(
            self.tr("The tag that is asked about: one of the model's, or for each word the tag that it has.")
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda k: state.change(tag=self._tags[k - 1] if k else ""))

    def show_tag(self, tags: tuple[str, ...], tag: str) -> None:
        """Show a tag; one that is not in ``tags`` means the word's own."""
        with QSignalBlocker(self):
            if tags != self._tags or not self.count():
                self._tags = tags
                self.clear()
                self.addItem(self.tr("the word's own tag"))
                self.addItems([shown_text(tag) for tag in tags])
            self.setCurrentIndex(tags.index(tag) + 1 if tag in tags else 0)


class TargetChooser(QComboBox):
    """Chooses margin, logit or log-softmax, for all panels together."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setAccessibleName(self.tr("Target"))
        set_tip(self, self.tr("Target: the number of the tag that both panels explain"))
        self.setWhatsThis(
            self.tr(
                "Margin: the tag's logit less the largest logit of another tag at this word. The other tag"
                " stays the same in all that is compared. Logit: the tag's own; what raises it may raise all"
                " tags alike, and then no probability changes. Log-softmax: the logarithm of the tag's"
                " probability; where the tag is certain it is 0 in float32, and nothing can be ranked by it."
                " With a chain over the tags (CRF) these are the word's own, without its neighbours' tags."
                " Values below float32 resolution are shown as ≈ 0."
            )
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.addItems([target_name(target) for target in TARGETS])
        self.activated.connect(lambda k: state.change(target=TARGETS[k]))
        state.selection_changed.connect(self.show_target)
        state.reading_changed.connect(self.show_target)
        self.show_target()

    def show_target(self, *_: object) -> None:
        """Show the target that applies to the model: with a single tag there is no margin."""
        with QSignalBlocker(self):
            self.setCurrentIndex(TARGETS.index(self._state.target))
