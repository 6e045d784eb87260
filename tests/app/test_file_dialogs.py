"""Qt's own file dialog, which is shown where the desktop has none, in both themes."""

import pytest
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QFileDialog, QLineEdit, QToolButton

from lstm_viz.app.shell.style import palette, style_sheet
from lstm_viz.app.theme import THEMES


@pytest.fixture(params=THEMES)
def theme(request, application):
    """Return a theme that the application has for the test."""
    before = application.palette(), application.styleSheet()
    theme = THEMES[request.param]
    application.setPalette(palette(theme))
    application.setStyleSheet(style_sheet(theme))
    yield theme
    application.setPalette(before[0])
    application.setStyleSheet(before[1])


@pytest.fixture
def dialog(theme, qtbot, tmp_path):
    """Return the dialog for a file to save, in a folder with one file."""
    (tmp_path / "lstm.png").write_bytes(b"")
    dialog = QFileDialog(None, "Save", str(tmp_path))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _pixels(widget):
    image = widget.grab().toImage()
    return [image.pixel(x, y) for x in range(image.width()) for y in range(image.height())]


def test_each_button_has_its_icon(dialog):
    buttons = [button for button in dialog.findChildren(QToolButton) if not button.icon().isNull()]
    assert len(buttons) >= 5
    for button in buttons:
        shown = _pixels(button)
        button.setIcon(QIcon())
        differing = sum(a != b for a, b in zip(shown, _pixels(button), strict=True))
        assert differing > 25, f"{button.objectName()}: {differing} pixels of its icon"


def test_the_completer_has_the_colours_of_the_theme(dialog, theme, qtbot):
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    popup = field.completer().popup()
    qtbot.keyClicks(field, "l")
    qtbot.waitUntil(lambda: field.completer().completionCount() > 0)
    field.completer().complete()
    qtbot.waitUntil(popup.isVisible)
    image = popup.viewport().grab().toImage()
    assert image.pixelColor(image.width() - 2, image.height() - 1) == QColor(theme.panel)
    assert popup.palette().text().color() == QColor(theme.text)
    popup.hide()
