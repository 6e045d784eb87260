"""The palette and the style sheet of a theme, for Qt's own widgets."""

from PySide6.QtGui import QColor, QPalette

from lstm_viz.app.theme import Theme
from lstm_viz.resources import resource


def palette(theme: Theme) -> QPalette:
    """Return the palette of a theme."""
    roles = {
        QPalette.ColorRole.Window: theme.ground,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.panel,
        QPalette.ColorRole.Link: theme.accent,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return result


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of a theme."""
    colours = {name: getattr(theme, name) for name in theme.__slots__}
    icons = {
        "arrow": "down", "on": "switch-on", "off": "switch-off", "save": "save",
        "back": "back", "forward": "forward", "up": "up",
    }  # fmt: skip
    paths = {name: resource("icons", f"{file}-{theme.name}.svg").as_posix() for name, file in icons.items()}
    return _SHEET % (colours | paths | {"good_ground": _mixed(theme.good, theme.panel, 0.3)})


def _mixed(colour: str, ground: str, share: float) -> str:
    """Return ``colour`` blended with ``ground``; ``share`` is its opacity."""
    a, b = QColor(colour), QColor(ground)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(share * x + (1 - share) * y) for x, y in pairs)).name()


_SHEET = """
QMainWindow, QDialog { background: %(ground)s; }
QMenuBar { background: %(bar)s; color: %(text)s; padding: 2px 6px; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: %(raised)s; }
QMenu { background: %(raised)s; color: %(text)s; border: 1px solid %(line)s; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 22px; border-radius: 4px; }
QMenu::item:selected { background: %(accent)s; color: %(panel)s; }
QMenu::item:disabled { color: %(muted)s; }
QMenu::separator { height: 1px; background: %(line)s; margin: 4px 8px; }
QLabel, QCheckBox { color: %(text)s; background: transparent; }
QLabel#muted { color: %(muted)s; }
QLabel#message { color: %(accent)s; }
QLabel#title { font-weight: 600; }
QLabel#brand { font-size: 15px; font-weight: 700; }
#bar { background: %(bar)s; border-bottom: 1px solid %(line)s; }
#panel { background: %(panel)s; border: 1px solid %(line)s; border-radius: 6px; }
#notice { background: %(raised)s; border: 1px solid %(accent)s; border-radius: 6px; }
#dropping { background: %(raised)s; border: 2px dashed %(accent)s; border-radius: 6px; }
#error_panel { background: %(raised)s; border: 1px solid %(danger)s; border-radius: 6px; }
QPlainTextEdit, QLineEdit { background: %(panel)s; color: %(text)s; border: 1px solid %(line)s;
    border-radius: 6px; selection-background-color: %(accent)s; selection-color: %(panel)s; }
QPlainTextEdit:focus { border: 1px solid %(accent)s; }
QComboBox { background: %(raised)s; color: %(text)s; border: 1px solid %(line)s; border-radius: 5px;
    padding: 3px 22px 3px 9px; min-height: 18px; }
QComboBox:focus, QToolButton:focus, QPushButton:focus, QCheckBox:focus, QTableView:focus
    { border-color: %(accent)s; }
QComboBox::drop-down { border: none; width: 18px; }
QComboBox::down-arrow { image: url("%(arrow)s"); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: %(raised)s; color: %(text)s; border: 1px solid %(line)s;
    selection-background-color: %(accent)s; selection-color: %(panel)s; outline: none; }
QToolButton, QPushButton { background: %(raised)s; color: %(text)s; border: 1px solid %(line)s;
    border-radius: 5px; padding: 4px 8px; }
QToolButton:hover, QPushButton:hover { border-color: %(muted)s; }
QToolButton:pressed, QPushButton:pressed { background: %(line)s; }
QToolButton:disabled, QPushButton:disabled { color: %(muted)s; }
#save { background: transparent; border: 1px solid transparent; padding: 3px;
    qproperty-icon: url("%(save)s"); }
QFileDialog { backward-icon: url("%(back)s"); forward-icon: url("%(forward)s");
    filedialog-parent-directory-icon: url("%(up)s"); }
QFileDialog QToolButton { padding: 0; }
#save:hover, #save:focus { border-color: %(muted)s; }
ControlPanel > QPushButton { padding: 4px 2px; }
Form QComboBox { padding: 3px 17px 3px 7px; }
#tab { background: transparent; border: 1px solid transparent; border-radius: 11px; padding: 4px 14px;
    color: %(muted)s; }
#tab:hover { color: %(text)s; }
#tab:checked { background: %(raised)s; color: %(text)s; font-weight: 600; }
#tab:focus { border-color: %(accent)s; }
#toggle { padding: 1px 7px; font-size: 11px; }
#toggle:checked { border-color: %(accent)s; color: %(accent)s; }
#toggle:focus { background: %(line)s; }
#primary { background: %(good_ground)s; border-color: %(good)s; }
#primary:disabled { background: %(raised)s; border-color: %(line)s; }
#link { background: transparent; border: 1px solid transparent; color: %(accent)s; padding: 2px 4px; }
#link:hover { text-decoration: underline; }
#link:focus { border-color: %(accent)s; }
#link:disabled { color: %(muted)s; }
QLabel#error { color: %(danger)s; }
QProgressBar { background: %(line)s; border: none; border-radius: 4px; min-height: 8px; max-height: 8px; }
QProgressBar::chunk { background: %(good)s; border-radius: 4px; }
NumberEditor { background: %(raised)s; border-radius: 5px; padding: 3px 6px; min-height: 18px; }
NumberEditor:disabled, QComboBox:disabled { color: %(muted)s; }
QLineEdit:focus, RunView:focus, QListWidget:focus { border-color: %(accent)s; }
NumberEdit[wrong="true"] { border-color: %(danger)s; color: %(danger)s; }
QScrollArea, QScrollArea > QWidget > QWidget#scrolled { background: transparent; border: none; }
RunView, QListWidget { background: transparent; color: %(text)s; border: 1px solid transparent;
    border-radius: 6px; outline: none; }
RunView QLineEdit { padding: 1px 4px; }
#fold { background: transparent; border: 1px solid transparent; padding: 1px 8px; text-align: left;
    color: %(muted)s; }
#fold:hover { color: %(text)s; }
#fold:focus { border-color: %(accent)s; }
QCheckBox { spacing: 7px; border: 1px solid transparent; border-radius: 4px; padding: 2px; }
QCheckBox::indicator { width: 28px; height: 16px; image: url("%(off)s"); }
QCheckBox::indicator:checked { image: url("%(on)s"); }
QSlider::groove:horizontal { height: 4px; background: %(line)s; border-radius: 2px; }
QSlider::sub-page:horizontal { background: %(accent)s; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: %(line)s; }
QSlider::handle:horizontal { background: %(text)s; width: 14px; height: 14px;
    margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:disabled { background: %(muted)s; }
QSlider::handle:horizontal:focus { border: 2px solid %(accent)s; }
QTableView { background: %(panel)s; color: %(text)s; border: 1px solid transparent; outline: none;
    selection-background-color: %(raised)s; selection-color: %(text)s; }
QHeaderView, QHeaderView::section { background: %(panel)s; color: %(muted)s; border: none; }
QHeaderView::section { padding: 2px 4px; }
RowTable::item { padding: 0 1px; }
QTableCornerButton::section { background: %(panel)s; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:horizontal { height: 12px; } QScrollBar:vertical { width: 12px; }
QScrollBar::handle { background: %(muted)s; border-radius: 3px; margin: 3px;
    min-width: 24px; min-height: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QToolTip { background: %(raised)s; color: %(text)s; border: 1px solid %(muted)s; padding: 3px; }
"""
