"""The context menu of a number: clamp it, ablate it, patch in a state, remove its edits."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from lstm_viz.app.panels.ablated import ablation_label, has_ablation_label, off
from lstm_viz.app.panels.edits.edit_target import REACHES, EditTarget, Reach
from lstm_viz.app.panels.edits.naming import quantity_of, short
from lstm_viz.app.texts import put
from lstm_viz.app.widgets.plain_text import no_mnemonic
from lstm_viz.ordinals import ordinal

translate = QCoreApplication.translate


class EditMenuActions(Protocol):
    """The actions of the menu."""

    def choose(self, place: EditTarget, reach: Reach) -> None: ...
    def switch_off(self, place: EditTarget, reach: Reach) -> None: ...
    def choose_state(self, place: EditTarget) -> None: ...
    def clamped_at(self, place: EditTarget) -> tuple[int, ...]: ...
    def remove_at(self, place: EditTarget) -> None: ...


def fill(menu: QMenu, place: EditTarget, actions: EditMenuActions) -> None:
    """Add the actions for a place: at most eight, the less common ones in submenus."""
    what, reached = quantity_of(place.name, place.unit), reaches(place)
    for reach in REACHES:
        text = put(translate("Edits", "Set %1 %2…"), what, reached[reach])
        _add(menu, text, _call(actions.choose, place, reach))
    menu.addSeparator()
    for target in _switched(place):
        below = menu.addMenu(no_mnemonic(_off_text(target)))
        for reach in REACHES:
            _add(below, reached[reach], _call(actions.switch_off, target, reach))
    menu.addSeparator()
    text = put(translate("Edits", "Patch the state at “%1”…"), short(place.word))
    _add(menu, text, lambda: actions.choose_state(place))
    if actions.clamped_at(place):
        _add(menu, translate("Edits", "Remove the edits here"), lambda: actions.remove_at(place))


def fill_column(menu: QMenu, place: EditTarget, actions: EditMenuActions) -> None:
    """Add the actions for a word, independent of the quantity."""
    word = short(place.word)
    text = put(translate("Edits", "Set a value at “%1”…"), word)
    _add(menu, text, lambda: actions.choose(place, "here"))
    text = put(translate("Edits", "Patch the state at “%1”…"), word)
    _add(menu, text, lambda: actions.choose_state(place))


def fill_reason(menu: QMenu, reason: str) -> None:
    """Add why nothing can be edited, as a disabled entry."""
    menu.addAction(no_mnemonic(reason)).setEnabled(False)


def reaches(place: EditTarget) -> dict[Reach, str]:
    """Return the text of each reach at a place."""
    word = short(place.word)
    onward = translate("Edits", "from “%1” on")
    if place.view.direction:
        onward = translate("Edits", "at “%1” and before")
    return {
        "here": put(translate("Edits", "at “%1”"), word),
        "onward": put(onward, word),
        "everywhere": translate("Edits", "everywhere"),
    }


def _switched(place: EditTarget) -> list[EditTarget]:
    """Return the targets that can be ablated from here: the number, its quantity in all units, the unit."""
    offs = [place] if place.unit is not None else []
    offs.append(place.with_(place.name, None))
    if place.unit is not None and place.name != "h":
        offs.append(place.with_("h", place.unit))
    return offs


def _off_text(place: EditTarget) -> str:
    if place.name == "h" and place.unit is not None:
        return put(translate("Edits", "Ablate unit %1 (h = 0)"), ordinal(place.unit))
    quantity = quantity_of(place.name, place.unit)
    if has_ablation_label(place.name):
        return put(translate("Edits", "Ablate %1: %2"), quantity, ablation_label(place.name))
    return put(translate("Edits", "Ablate %1 (%2)"), quantity, off(place.name))


def _call(action: Callable[[EditTarget, Reach], None], place: EditTarget, reach: Reach) -> Callable[[], None]:
    return lambda: action(place, reach)


def _add(menu: QMenu, text: str, action: Callable[[], None]) -> None:
    menu.addAction(no_mnemonic(text)).triggered.connect(lambda _checked=False: action())
