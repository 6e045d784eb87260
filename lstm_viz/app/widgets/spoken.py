"""What screen readers say of combo boxes and sliders, where Qt alone would say something else."""

from PySide6.QtWidgets import QComboBox, QSlider

from lstm_viz.app.widgets.plain_text import PlainLabel, no_mnemonic


def name_combo_box(combo: QComboBox, name: str) -> None:
    """Name a combo box, which must have its parent already.

    On Unix Qt reports the current text as the name, and expects a label beside it: one that is never shown.
    """
    combo.setAccessibleName(name)
    label = PlainLabel(no_mnemonic(name), combo.parentWidget())
    label.setBuddy(combo)
    label.hide()


def say_value(slider: QSlider, name: str, value: str) -> None:
    """Name a slider with the value that it stands for: Qt reports its position."""
    said = f"{name}: {value}"
    if said != slider.accessibleName():
        slider.setAccessibleName(said)
