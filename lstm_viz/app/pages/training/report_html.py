"""The report of a run at one epoch as a self-contained HTML page."""

import shlex
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.panels.curves.readout import exact, thousands
from lstm_viz.app.panels.settings.setting_labels import setting_name, value_text
from lstm_viz.app.panels.tags.confusion_counts import confusion_counts
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.trainer_process import train_arguments
from lstm_viz.app.texts import counted, shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.runs.folder import Run
from lstm_viz.runs.settings import FIELDS

#: A picture: its title, its PNG, and its width on the screen.
Picture = tuple[str, bytes, int]
_WIDEST = 620  # fits A4


def report_html(data: RunData, run_epoch: RunEpoch, pictures: Sequence[Picture], theme: Theme) -> str:
    """Return the report of a run at an epoch, with the pictures embedded."""
    parts = (
        _head(data, run_epoch),
        _figures(pictures),
        _section(_tr("Precision, recall and F1"), _tags(data, run_epoch)),
        _section(_tr("The whole run"), _table((), _whole(data))),
        _section(_tr("Settings"), _settings(data.run)),
        _section(_tr("Command line"), _command(data)),
        _section(_tr("Versions"), _origins(data.run)),
    )
    title = _text(data.name)
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_style(theme)}</style></head>\n<body>\n{''.join(parts)}</body></html>\n"
    )


def command_line(data: RunData) -> str:
    """Return the command that trains with the run's settings again; "" if they were not recorded."""
    run = data.run
    if run is None or run.settings is None:
        return ""
    arguments = [*train_arguments(run.settings, data.path), "--device", run.device.partition(":")[0]]
    start = ["lstm-viz"]
    if run.processes > 1:
        start = ["torchrun", "--nproc-per-node", str(run.processes), "-m", "lstm_viz"]
    return shlex.join([*start, *(_absolute(argument, data) for argument in arguments)])


def _absolute(argument: str, data: RunData) -> str:
    """Return the argument; the run folder, which exists, is replaced by another name."""
    return f"{argument}-again" if argument == str(data.path) else argument


# ---------------------------------------------------------------- sections


def _head(data: RunData, epoch: RunEpoch) -> str:
    return f"<h1>{_text(data.name)}</h1>\n<h2>{_text(_when(epoch))}</h2>\n{_table((), _there(data, epoch))}"


def _when(run_epoch: RunEpoch) -> str:
    if run_epoch.epoch is None or run_epoch.step is None:
        return _tr("before the first epoch")
    text = _tr("at epoch %1, after step %2").replace("%1", thousands(run_epoch.epoch))
    return text.replace("%2", thousands(run_epoch.step))


def _there(data: RunData, run_epoch: RunEpoch) -> list[tuple[str, str]]:
    """Return the metrics at the epoch."""
    line = data.by_epoch.get(run_epoch.epoch) if run_epoch.epoch is not None else None
    steps, losses = data.steps.column("step"), data.steps.column("loss")
    places = np.flatnonzero(steps == run_epoch.step)
    numbers = (
        (_tr("accuracy"), line.dev_accuracy if line else None),
        (_tr("validation loss"), line.dev_loss if line else None),
        (_tr("loss of the step"), float(losses[places[-1]]) if len(places) else None),
    )
    return [(name, exact(number)) for name, number in numbers if number is not None]


def _whole(data: RunData) -> list[tuple[str, str]]:
    rows = [(_tr("state"), _phase(data)), (_tr("folder"), str(data.path)), *_results(data)]
    return rows + (_corpus(data.run) if data.run is not None else [])


def _phase(data: RunData) -> str:
    status = data.status
    if status is None:
        return "–"
    names = {
        "starting": _tr("starting"),
        "training": _tr("training"),
        "paused": _tr("paused"),
        "stopped": _tr("stopped"),
        "finished": _tr("finished"),
        "failed": _tr("failed"),
    }
    text = names[status.phase]
    return f"{text}: {status.message}" if status.message else text


def _results(data: RunData) -> list[tuple[str, str]]:
    rows, best = [], data.best
    if len(data.steps):
        step, epoch = (thousands(data.steps.column(name)[-1]) for name in ("step", "epoch"))
        rows.append((_tr("steps, epochs"), f"{step}, {epoch}"))
    if best is not None and best.dev_accuracy is not None:
        text = _tr("%1 after epoch %2").replace("%1", exact(best.dev_accuracy))
        rows.append((_tr("best accuracy"), text.replace("%2", thousands(best.epoch))))
    return rows


def _corpus(run: Run) -> list[tuple[str, str]]:
    corpus, measured = run.corpus, {
        "dev": _tr("a dev part of %1"),
        "held out": _tr("sentences held out: %1"),
        "train": _tr("the training sentences themselves"),
    }  # fmt: skip

    def size(sentences: int, words: int) -> str:
        translate = QCoreApplication.translate
        of = counted(translate("Report", "%1 sentence(|s)", None, sentences), sentences)
        return f"{of}, {counted(translate('Report', '%1 word(|s)', None, words), words)}"

    dev = measured[corpus.measured_on].replace("%1", size(corpus.dev_sentences, corpus.dev_words))
    return [
        (_tr("trained on"), size(corpus.sentences, corpus.words)),
        (_tr("evaluated on"), dev),
        (_tr("tags"), f"{len(run.tags)}: {', '.join(run.tags)}"),
        (_tr("parameters"), thousands(run.parameters)),
        (_tr("started"), run.created),
    ]


def _figures(pictures: Sequence[Picture]) -> str:
    def figure(picture: Picture) -> str:
        name, png, width = picture
        source = f"data:image/png;base64,{b64encode(png).decode()}"
        return f'<p><img src="{source}" width="{min(width, _WIDEST)}" alt="{_text(name)}"></p>\n'

    return f"<div>{''.join(map(figure, pictures))}</div>\n"


def _tags(data: RunData, run_epoch: RunEpoch) -> str:
    counts = confusion_counts(data, run_epoch.epoch)
    if counts is None:
        return f"<p>{_text(_tr('No evaluation yet.'))}</p>"
    head = (_tr("tag"), _tr("precision"), _tr("recall"), "F1", _tr("words"), _tr("most confused with"))
    rows = []
    for measure in counts.measures:
        shares = (f"{share:.4f}" for share in (measure.precision, measure.recall, measure.f1))
        taken = "" if measure.taken_for is None else f"{counts.name(measure.taken_for)} ({measure.mistakes})"
        rows.append((counts.name(measure.tag), *shares, thousands(measure.support), taken))
    epoch = _tr("after epoch %1, %2").replace("%1", thousands(counts.epoch)).replace("%2", counts.part)
    return f"<p>{_text(epoch)}</p>{_table(head, rows)}"


def _settings(run: Run | None) -> str:
    if run is None or run.settings is None:
        return f"<p>{_text(_tr('Its settings were not recorded.'))}</p>"
    rows = []
    for name, field in FIELDS.items():
        value = getattr(run.settings, name)
        text = ", ".join(value) if isinstance(value, tuple) else value_text(value)
        rows.append((setting_name(name), text, "" if name == "corpus" else field.flag))
    return _table((), rows)


def _command(data: RunData) -> str:
    return f"<pre>{_text(command_line(data) or '–')}</pre>"


def _origins(run: Run | None) -> str:
    if run is None:
        return ""
    versions = [*run.versions.items(), (_tr("device"), run.device), (_tr("processes"), str(run.processes))]
    hashes = [(name, digest) for name, digest in run.hashes.items()]
    return _table((), versions) + _table((_tr("file"), "SHA-256"), hashes)


# ---------------------------------------------------------------- HTML


def _section(title: str, content: str) -> str:
    return f"<h2>{_text(title)}</h2>\n{content}\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heads = "".join(f'<th align="left">{_text(cell)}</th>' for cell in head)
    lines = ["<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    return f'<table cellpadding="3">{f"<tr>{heads}</tr>" if heads else ""}{"".join(lines)}</table>\n'


def _text(text: str) -> str:
    return escape(shown_text(text))


def _style(theme: Theme) -> str:
    return (
        f"body {{ font-family: sans-serif; font-size: 10pt; color: {theme.text};"
        f" background-color: {theme.ground}; max-width: 1300px; margin: 24px auto; padding: 0 24px; }}"
        " h2 { font-size: 12pt; margin-top: 18px; } td, th { vertical-align: top; padding: 2px 14px 2px 0; }"
        f" th {{ color: {theme.muted}; font-weight: normal; }}"
        " pre { white-space: pre-wrap; overflow-wrap: anywhere; } td { overflow-wrap: anywhere; }"
        " div { display: flex; flex-wrap: wrap; gap: 10px; } div p { margin: 0; }"
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Report", text)
