"""Choosers of what several panels are about: the unit, the tag, and the number of it that is explained."""

from PySide6.QtCore import QCoreApplication, QSignalBlocker
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.panels.attribution.targets import REAL_TARGETS, TARGETS, target_name
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.labels import unit_name
from lstm_viz.messages import Reading

translate = QCoreApplication.translate


class UnitChooser(Chooser):
    """Chooses the selected unit, or the mean over all."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        about = translate("Choosers", "The selected unit (↑ ↓), or the mean over all")
        super().__init__(translate("Choosers", "Unit"), parent, tip=about)
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
                self.addItems([unit_name(k) for k in range(units)])
            self.setCurrentIndex(0 if unit is None else unit + 1)


class TagChooser(Chooser):
    """Chooses the explained tag, or each word's own."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        about = translate("Choosers", "The tag whose score is explained")
        super().__init__(translate("Choosers", "Tag"), parent, tip=about, fits=True)
        self._offered: tuple[tuple[str, ...], bool] | None = None
        self.setWhatsThis(
            self.tr("The tag that is explained: one of the tagset, or the predicted tag of each word.")
        )
        self.activated.connect(lambda k: state.change(tag=self.itemData(k)))

    def show_tag(self, tags: tuple[str, ...], tag: str, *, is_real: bool = False) -> None:
        """Show a tag; one that is not in ``tags`` means the word's own, or the first of real values."""
        with QSignalBlocker(self):
            if (tags, is_real) != self._offered:
                self._offered = tags, is_real
                self.clear()
                if not is_real:
                    self.addItem(self.tr("the predicted tag"), "")
                for name in tags:
                    self.addItem(shown_text(name), name)
            self.setCurrentIndex(tags.index(tag) + (not is_real) if tag in tags else 0)


class TargetChooser(Chooser):
    """Chooses margin, logit or log-softmax, for all panels together."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        about = translate("Choosers", "Target: the number of the tag that both panels explain")
        super().__init__(translate("Choosers", "Target"), parent, tip=about, fits=True)
        self._state = state
        self.setWhatsThis(
            self.tr(
                "Margin: the tag's logit minus the largest logit of another tag at this word; that other "
                "tag is fixed in all comparisons. Logit: the tag's own; a change may affect all tags "
                "alike, which changes no probability. Log-softmax: the logarithm of the tag's "
                "probability; where the tag is certain it is 0 in float32, and nothing can be ranked by "
                "it. Probability: the same without the logarithm. With a chain over the tags (CRF) these are "
                "the word's own, without the transitions. A real value is explained itself. "
                "Values below float32 resolution are shown as ≈ 0."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda k: state.change(target=self.itemData(k)))
        state.selection_changed.connect(self.show_target)
        state.reading_changed.connect(self.show_target)
        self.show_target()

    def show_target(self, *_: object) -> None:
        """Show the target that applies to the model: with a single tag there is no margin."""
        reading = self._state.reading
        is_real = reading is not None and reading.model.is_real
        targets = REAL_TARGETS if is_real else TARGETS
        if self.count() != len(targets):
            with QSignalBlocker(self):
                self.clear()
                for target in targets:
                    self.addItem(target_name(target), target)
        self.show_data(self._state.target)
