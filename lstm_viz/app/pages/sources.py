"""What the panels of the pages show data of, for the names and captions of exported files."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.panels.comparison.comparison import Comparison
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch, file_name
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.panel import Source
from lstm_viz.messages import Reading
from lstm_viz.uris import file_path, preset_name


def run_source(data: RunData | None, run_epoch: RunEpoch | None) -> Source:
    """Return the source of panels about an epoch of a run."""
    if data is None or run_epoch is None:
        return Source()
    name = shown_text(data.name)
    caption = put(_tr("Run %1"), name)
    return Source(
        file_name(run_epoch),
        _at_epoch(caption, run_epoch.epoch),
        (("run", name),),
        (file_name(replace(run_epoch, epoch=None)), caption),
    )


def reading_source(reading: Reading | None, comparison: Comparison | None = None) -> Source:
    """Return the source of panels about a reading: its model and its sentence, or both of a comparison."""
    if reading is None:
        return Source()
    own = _of_reading(reading)
    if comparison is None:
        return own
    if comparison.edited:
        return replace(own, caption=put(_tr("%1 · A before, B after the edits"), own.caption))
    return replace(own, caption=f"A {own.caption} | B {_of_reading(comparison.second).caption}")


def _of_reading(reading: Reading) -> Source:
    uri, preset = reading.model.uri, preset_name(reading.model.uri)
    epoch = reading.epoch if preset is None and reading.model.epochs else None
    file = file_path(uri)
    name = preset or (file.stem if file else file_name(RunEpoch(uri, 0, epoch)))
    words = " ".join(shown_text(word.text) for word in reading.words)
    return Source(name, f"{_at_epoch(shown_text(reading.model.title), epoch)} · “{words}”")


def _at_epoch(text: str, epoch: int | None) -> str:
    return text if epoch is None else put(_tr("%1 · epoch %2"), text, f"{epoch:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Source", text)
