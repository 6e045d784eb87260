"""The menu of a number: set it, switch it off, swap in another state, let go."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from lstm_viz.app.plain_text import no_mnemonic
from lstm_viz.app.sentence.cell.figures import significant
from lstm_viz.app.sentence.edits.naming import quantity_of, short
from lstm_viz.app.sentence.edits.place import REACHES, Place, Reach, off_value
from lstm_viz.app.texts import put

translate = QCoreApplication.translate


class Deeds(Protocol):
    """What the lines of the menu do."""

    def choose(self, place: Place, reach: Reach) -> None: ...
    def switch_off(self, place: Place, reach: Reach) -> None: ...
    def choose_state(self, place: Place) -> None: ...
    def held_at(self, place: Place) -> tuple[int, ...]: ...
    def let_go_at(self, place: Place) -> None: ...


def fill(menu: QMenu, place: Place, deeds: Deeds) -> None:
    """Add what can be done at a place: at most eight lines, the less usual in menus of their own."""
    what, reached = quantity_of(place.name, place.unit), reaches(place)
    for reach in REACHES:
        text = put(translate("Edits", "Set %1 %2…"), what, reached[reach])
        _add(menu, text, _call(deeds.choose, place, reach))
    menu.addSeparator()
    for off in _switched(place):
        below = menu.addMenu(no_mnemonic(_off_text(off)))
        for reach in REACHES:
            _add(below, reached[reach], _call(deeds.switch_off, off, reach))
    menu.addSeparator()
    text = put(translate("Edits", "Swap in another state at “%1”…"), short(place.word))
    _add(menu, text, lambda: deeds.choose_state(place))
    if deeds.held_at(place):
        _add(menu, translate("Edits", "Let go of what is set here"), lambda: deeds.let_go_at(place))


def fill_column(menu: QMenu, place: Place, deeds: Deeds) -> None:
    """Add what can be done at a word, whatever the quantity."""
    word = short(place.word)
    text = put(translate("Edits", "Set a value at “%1”…"), word)
    _add(menu, text, lambda: deeds.choose(place, "here"))
    text = put(translate("Edits", "Swap in another state at “%1”…"), word)
    _add(menu, text, lambda: deeds.choose_state(place))


def fill_reason(menu: QMenu, reason: str) -> None:
    """Say in the menu why nothing can be set."""
    menu.addAction(no_mnemonic(reason)).setEnabled(False)


def reaches(place: Place) -> dict[Reach, str]:
    """Return how each reach is said at a place."""
    word = short(place.word)
    onward = translate("Edits", "from “%1” on")
    if place.view.direction:
        onward = translate("Edits", "at “%1” and before")
    return {
        "here": put(translate("Edits", "at “%1”"), word),
        "onward": put(onward, word),
        "everywhere": translate("Edits", "everywhere"),
    }


def _switched(place: Place) -> list[Place]:
    """Return what can be switched off from here: the number, its quantity for all units, the unit."""
    offs = [place] if place.unit is not None else []
    offs.append(place.with_(place.name, None))
    if place.unit is not None and place.name != "h":
        offs.append(place.with_("h", place.unit))
    return offs


def _off_text(place: Place) -> str:
    value = f"{place.name} = {significant(off_value(place.name))}"
    if place.name == "h" and place.unit is not None:
        return put(translate("Edits", "Switch unit %1 off (%2)"), place.unit, value)
    return put(translate("Edits", "Switch %1 off (%2)"), quantity_of(place.name, place.unit), value)


def _call(deed: Callable[[Place, Reach], None], place: Place, reach: Reach) -> Callable[[], None]:
    return lambda: deed(place, reach)


def _add(menu: QMenu, text: str, deed: Callable[[], None]) -> None:
    menu.addAction(no_mnemonic(text)).triggered.connect(lambda _checked=False: deed())
