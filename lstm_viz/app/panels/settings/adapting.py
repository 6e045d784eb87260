"""Pure functions that adapt the next run's settings to a change of one of them."""

from typing import Any

import msgspec

from lstm_viz.runs.settings import BUNDLED, FIELDS, TrainingSettings, suitable, usual_rate


def with_setting(settings: TrainingSettings, name: str, value: Any) -> TrainingSettings:
    """Return the settings with one changed; another optimiser also changes a default learning rate."""
    changes, corpus = {name: value}, settings.corpus
    if name == "optimiser" and settings.learning_rate == usual_rate(corpus, settings.optimiser):
        changes["learning_rate"] = usual_rate(corpus, value)
    return msgspec.structs.replace(settings, **changes)


def with_corpus(settings: TrainingSettings, corpus: tuple[str, ...]) -> TrainingSettings:
    """Return the settings for another corpus.

    A bundled corpus has its own settings. With files, settings that differ from the defaults of the previous
    corpus are kept, and all others are the defaults for files.
    """
    new, old = suitable(corpus), suitable(settings.corpus)
    if len(corpus) == 1 and corpus[0] in BUNDLED:
        return new
    changed = {
        name: getattr(settings, name)
        for name in FIELDS
        if name not in ("corpus", "dev") and getattr(settings, name) != getattr(old, name)
    }
    return msgspec.structs.replace(new, **changed)
