"""The chooser of the target: the number of a tag that attribution and ablation explain."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from lstm_viz.app.panels.attribution.targets import TARGETS, target_name
from lstm_viz.app.state import State
from lstm_viz.app.widgets.plain_text import set_tip


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
