"""The label that follows the mouse over a widget, as it is seen."""

from PySide6.QtWidgets import QLabel, QWidget


def hover_label(widget: QWidget) -> QLabel | None:
    """Return the label that is shown in the widget's window; None if none is."""
    shown = [label for label in widget.window().findChildren(QLabel, "hover") if label.isVisible()]
    assert len(shown) <= 1
    return shown[0] if shown else None


def hover_text(widget: QWidget) -> str:
    """Return the text of the label that is shown in the widget's window; "" if none is."""
    label = hover_label(widget)
    return "" if label is None else label.text()
