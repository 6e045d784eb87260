"""The arithmetic of one number: a popup, which Qt closes at Esc or at a click elsewhere."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from lstm_viz.app.sentence.cell.figures import decimal, significant
from lstm_viz.app.sentence.cell.names import long_name
from lstm_viz.app.sentence.cell.products import Products, products
from lstm_viz.app.sentence.cell.table import ProductTable, tsv
from lstm_viz.app.sentence.cell.values import StepValues
from lstm_viz.app.theme import Theme
from lstm_viz.messages import GateSum

_FUNCTIONS = {"sigmoid": "σ", "tanh": "tanh", "relu": "relu"}


class Arithmetic(QFrame):
    """Shows how one gate of one unit came about: `set_gate`, then `open_at`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("arithmetic")
        self.setAccessibleName(self.tr("Arithmetic of a number"))
        self._products: Products | None = None
        self.title, self.factor, self.result, self.replaced, self.proof = (_text_label() for _ in range(5))
        self.table = ProductTable()
        self.copy = QPushButton(self.tr("&Copy"))
        self.copy.setToolTip(self.tr("Copy the table as tab-separated values"))
        self.copy.clicked.connect(self._copy)
        self.title.setWordWrap(True)
        self._arrange()

    def set_gate(self, values: StepValues, gate: GateSum, theme: Theme) -> None:
        """Show ``gate``, whose sum belongs to ``values``."""
        self._products = products(gate, values)
        self.title.setText(self._title(values, gate.name))
        self.factor.setVisible(gate.hidden_factor != 1.0)
        self.factor.setText(
            self.tr("Every h product is also multiplied by the reset gate, r = %1.").replace(
                "%1", decimal(gate.hidden_factor)
            )
        )
        self.table.set_products(self._products, theme)
        function, shown = _FUNCTIONS[gate.activation], values.numbers[gate.name]
        by_hand = gate.name in values.by_hand
        self.result.setText(
            f"{gate.name} = {function}({decimal(gate.pre)}) = {decimal(gate.value if by_hand else shown)}"
        )
        self.replaced.setVisible(by_hand)
        self.replaced.setText(
            self.tr("This was replaced: %1 = %2 is set by hand.")
            .replace("%1", gate.name)
            .replace("%2", decimal(shown))
        )
        self.proof.setText(
            self.tr("sum of the lines − pre-activation: %1").replace("%1", significant(self._products.error))
        )
        self.setStyleSheet(_style(theme, gate.name, _adds_up(self._products)))
        self.resize(self.sizeHint())

    def open_at(self, place: QPoint) -> None:
        """Show the panel with its corner at ``place`` on the screen, moved so that all of it is seen."""
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        free = screen.availableGeometry()
        self.show()  # only now are its fonts and so its size final
        self.resize(self.sizeHint().boundedTo(free.size()))
        last = free.bottomRight() - self.rect().bottomRight()
        self.move(max(min(place.x(), last.x()), free.left()), max(min(place.y(), last.y()), free.top()))
        self.table.setFocus()

    def _title(self, values: StepValues, gate: str) -> str:
        text = self.tr("%1 of unit %2 at “%3”").replace("%1", long_name(gate)).replace("%2", str(values.unit))
        return text.replace("%3", values.word)

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.proof, 1)
        foot.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        for widget in (self.title, self.factor, self.table, self.result, self.replaced):
            column.addWidget(widget)
        column.addLayout(foot)
        for name in ("title", "result", "replaced", "proof", "factor"):
            getattr(self, name).setObjectName(name)

    def _copy(self) -> None:
        if self._products is not None:
            QGuiApplication.clipboard().setText(tsv(self._products))


def _text_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _adds_up(found: Products) -> bool:
    size = sum(abs(line.term) for line in found.lines)
    return abs(found.error) <= 1e-5 * (1 + size)  # False for NaN


def _style(theme: Theme, gate: str, adds_up: bool) -> str:
    proof = theme.muted if adds_up else theme.danger
    return f"""
        #arithmetic {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 8px; }}
        QLabel {{ color: {theme.text}; }}
        #title {{ color: {theme.ink[gate]}; font-weight: 600; }}
        #factor {{ color: {theme.muted}; }}
        #replaced {{ color: {theme.ink[gate]}; font-weight: 600; }}
        #proof {{ color: {proof}; }}
        QPushButton {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.line};
                       border-radius: 5px; padding: 4px 12px; }}
        QPushButton:hover, QPushButton:focus {{ border-color: {theme.accent}; }}
    """
