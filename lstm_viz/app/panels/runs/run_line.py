"""The view model of the list of runs: a frozen line for each run."""

from dataclasses import dataclass
from pathlib import Path

from lstm_viz.app.panels.control.progress import Phase, phase_colour, phase_name, phase_of
from lstm_viz.app.panels.runs.colours import run_colour
from lstm_viz.app.panels.settings.setting_labels import setting_name, value_text
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_lists import RunEntry
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.runs.folder import Run
from lstm_viz.runs.settings import FIELDS, TrainingSettings, suitable


@dataclass(frozen=True, slots=True)
class RunLine:
    """A line of the list; ``colour`` is that of its curves, "" if the plots do not show it.

    ``begun`` is date and time; "" if it cannot be read.
    """

    path: Path
    name: str
    accuracy: str
    phase: str
    phase_colour: str
    colour: str
    current: bool
    readable: bool
    begun: str
    about: str


def lines_of(runs: Runs, theme: Theme) -> list[RunLine]:
    """Return a line for every run of the list, and for the current one if it is not listed."""
    return [line_of(entry, runs, theme) for entry in _entries(runs)]


def line_of(entry: RunEntry, runs: Runs, theme: Theme) -> RunLine:
    """Return the line of a run."""
    data = runs.follows(entry.path)
    current = data is not None and data is runs.current
    shown = [runs.current, *runs.compared]
    colour = run_colour(theme, shown.index(data)) if data is not None else ""
    phase = _phase(entry, runs) if data is None else _phase_of(data, runs)
    best = data.best_accuracy if data else entry.status.best_accuracy if entry.status else None
    error = entry.error or (data.error if data else "")
    return RunLine(
        path=entry.path,
        name=data.name if data else entry.name,
        accuracy="" if best is None else f"{best:.4f}",
        phase=phase_name(phase) if phase != "finished" else "",
        phase_colour=phase_colour(phase, theme),
        colour=colour,
        current=current,
        readable=entry.run is not None,
        begun=_begun(entry.run) if entry.run else "",
        about=shown_text(error or _about(entry)),
    )


def _entries(runs: Runs) -> list[RunEntry]:
    entries = list(runs.entries)
    current = runs.current
    if current is not None and current.path not in {entry.path for entry in entries}:
        entries.insert(
            0,
            RunEntry(current.path, current.name, current.run, current.status, current.written, current.error),
        )
    return entries


def _phase_of(data: RunData, runs: Runs) -> Phase:
    return phase_of(data, runs.is_live(data), runs.is_loaded_for(data))


def _phase(entry: RunEntry, runs: Runs) -> Phase:
    """Return the phase of a run that is not followed, from its entry alone."""
    status, live = entry.status, entry.written or entry.path in runs.begun
    if status is None:
        return "starting" if live else "unknown"
    if live and status.phase in ("training", "paused"):
        return status.phase
    if live and status.phase != "finished":
        return "starting"
    return status.phase if status.phase in ("stopped", "finished", "failed") else "died"


def _about(entry: RunEntry) -> str:
    run = entry.run
    if run is None:
        return str(entry.path)
    settings = run.settings
    head = [str(entry.path), _begun(run)]
    if settings is None:
        return "\n".join(head)
    return "\n".join([*head, *(f"{name}: {value}" for name, value in own_settings(settings))])


def _begun(run: Run) -> str:
    return shown_text(run.created.replace("T", " ")[:16])


def own_settings(settings: TrainingSettings) -> list[tuple[str, str]]:
    """Return name and value of the main settings, and of those that differ from the usual for the corpus."""
    usual = suitable(settings.corpus)
    main = ("corpus", "cell", "hidden_size", "decoder", "optimiser", "learning_rate", "batch_size", "epochs")
    names = [n for n in FIELDS if n in main or getattr(settings, n) != getattr(usual, n)]
    return [(setting_name(name), value_text(getattr(settings, name))) for name in names]


def entry_of(runs: Runs, path: Path) -> RunEntry | None:
    """Return the entry of a run; None if it is not listed."""
    return next((entry for entry in _entries(runs) if entry.path == path), None)
