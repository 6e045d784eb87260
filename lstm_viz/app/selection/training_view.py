"""The view state of the Training page."""

from dataclasses import dataclass
from typing import Literal, TypedDict

from lstm_viz.runs.settings import TUTORIAL, TrainingSettings
from lstm_viz.text.tokenized_text import TokenizedText

#: What the tags panel shows: measures of each tag, or the confusion matrix.
TagsShown = Literal["f1", "confusion"]


@dataclass(frozen=True, slots=True)
class TrainingView:
    """The view state of the Training page; its run and epoch are the model and epoch of `Selection`.

    ``page`` is the name of the page that is shown. ``compared`` are the run folders compared with the current
    one, ``external`` those opened from outside the library. ``tracked_sentence`` is the tracked sentence
    (None: the run's own), ``tracked_tokens`` its fixed tokens, ``quantity``, ``layer`` (None: the top one)
    and ``direction`` what is shown of it. ``smoothing`` is the decay of the smoothed loss, ``second_plot``
    the content of the second plot, ``tags`` that of the tags panel. ``zoom`` is the range of steps of the
    plots (None: all, also while they grow). ``next`` are the settings of the next run, ``recent`` the opened
    corpora, newest first, and ``pace`` is the requested number of steps per second (None: no limit).
    """

    page: str = "sentence"
    compared: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    tracked_sentence: str | None = None
    tracked_tokens: TokenizedText | None = None
    quantity: str = "c"
    layer: int | None = None
    direction: int = 0
    smoothing: float = 0.9
    log_loss: bool = False
    log_norms: bool = True
    zoom: tuple[float, float] | None = None
    second_plot: Literal["accuracy", "rate", "norms"] = "accuracy"
    tags: TagsShown = "f1"
    next: TrainingSettings = TUTORIAL
    recent: tuple[tuple[str, ...], ...] = ()
    pace: float | None = None

    @property
    def shown(self) -> bool:
        """Whether the Training page is the current one."""
        return self.page == "training"


#: The fields for the logarithmic scales.
LogField = Literal["log_loss", "log_norms"]


class TrainingChanges(TypedDict, total=False):
    """New values of fields of `TrainingView`."""

    page: str
    compared: tuple[str, ...]
    external: tuple[str, ...]
    tracked_sentence: str | None
    tracked_tokens: TokenizedText | None
    quantity: str
    layer: int | None
    direction: int
    smoothing: float
    log_loss: bool
    log_norms: bool
    zoom: tuple[float, float] | None
    second_plot: Literal["accuracy", "rate", "norms"]
    tags: TagsShown
    next: TrainingSettings
    recent: tuple[tuple[str, ...], ...]
    pace: float | None
