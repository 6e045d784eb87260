"""The selection: what the window shows, and what a reading makes of it."""

from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.messages import Edit, Reading, Target
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.uris import of_preset

#: The panel beside the heatmaps: the cell at a step, the decomposition of the cell state, the attribution to
#: the words, the ablation of the units, or the shapes of the module.
Panel = Literal["cell", "decomposition", "attribution", "ablation", "shapes"]
#: What the heatmaps show of two compared readings.
ComparisonView = Literal["difference", "both", "first", "second"]
#: The attribution method drawn over the columns, a field of `lstm_viz.messages.Attribution`.
AttributionMethod = Literal["gradient_input", "integrated", "occlusion"]


@dataclass(frozen=True, slots=True)
class ComparedWith:
    """The sentence, model (its URI) and epoch that the current reading is compared with."""

    text: str
    model: str
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The selection: what the window shows.

    ``model`` is a URI, see `lstm_viz.uris`. ``step`` is the word, ``character`` the position in it if the
    module reads characters. Of an input that is read in sections, ``first`` is the first column of the
    section, and ``step`` counts from it. ``unit`` None means the mean over all units. ``caret`` is the
    position of the text cursor while typing: the step follows it until another step is selected. ``before``
    are the sentences
    whose state is carried over ("" is the model's own); ``kept``, if any, replaces them with the next text.
    ``alone`` is the only quantity shown, if any. ``tag`` is the tag of attributions and ablations ("": the
    predicted one of each word), ``target`` its number that they are for, ``attribution_method`` the method.
    ``opened`` is the number whose arithmetic is shown, ``edits`` are the interventions, ``compared_with`` is
    the comparison, and ``comparison_view`` what is shown of it. ``tokenized_texts`` are the fixed tokens of
    these texts.
    """

    model: str = of_preset("tutorial")
    epoch: int | None = None
    text: str = "The dog ate the apple"
    caret: int | None = None
    carry: bool = False
    before: tuple[str, ...] = ("",)
    kept: tuple[str, ...] = ()
    module: str = ""
    layer: int = 0
    direction: int = 0
    step: int = 0
    first: int = 0
    character: int = -1
    unit: int | None = 0
    inputs_shown: bool = False
    alone: str = ""
    panel: Panel = "cell"
    tag: str = ""
    target: Target = "margin"
    attribution_method: AttributionMethod = "integrated"
    opened: OpenedNumber | None = None
    edits: tuple[Edit, ...] = ()
    compared_with: ComparedWith | None = None
    comparison_view: ComparisonView = "difference"
    tokenized_texts: tuple[TokenizedText, ...] = ()
    motion: bool = True
    speed: float = 1.0


class SelectionChanges(TypedDict, total=False):
    """New values of fields of `Selection`."""

    model: str
    epoch: int | None
    text: str
    caret: int | None
    carry: bool
    before: tuple[str, ...]
    kept: tuple[str, ...]
    module: str
    layer: int
    direction: int
    step: int
    first: int
    character: int
    unit: int | None
    inputs_shown: bool
    alone: str
    panel: Panel
    tag: str
    target: Target
    attribution_method: AttributionMethod
    opened: OpenedNumber | None
    edits: tuple[Edit, ...]
    compared_with: ComparedWith | None
    comparison_view: ComparisonView
    tokenized_texts: tuple[TokenizedText, ...]
    motion: bool
    speed: float


def resolved(selection: Selection, reading: Reading) -> Selection:
    """Return the selection within the range of its reading: the module, layer, unit, … that there are."""
    tag = selection.tag if selection.tag in reading.model.tags else ""  # it may be another model's
    if reading.view is None:
        return replace(selection, tag=tag)
    module, unit = reading.view.module, selection.unit
    return replace(
        selection,
        tag=tag,
        step=reading.step,
        first=reading.view.first,
        epoch=None if selection.epoch is None else reading.epoch,
        module=module.path,
        layer=reading.view.layer,
        direction=reading.view.direction,
        unit=None if unit is None else min(unit, module.hidden_size - 1),
    )
