"""How the next run's settings follow one change: pure functions."""

from typing import Any

import msgspec

from lstm_viz.runs.settings import BUNDLED, FIELDS, Settings, suitable, usual_rate


def with_setting(settings: Settings, name: str, value: Any) -> Settings:
    """Return the settings with one changed; with another optimiser goes its usual learning rate."""
    changes, corpus = {name: value}, settings.corpus
    if name == "optimiser" and settings.learning_rate == usual_rate(corpus, settings.optimiser):
        changes["learning_rate"] = usual_rate(corpus, value)
    return msgspec.structs.replace(settings, **changes)


def with_corpus(settings: Settings, corpus: tuple[str, ...]) -> Settings:
    """Return the settings for another corpus.

    A bundled one brings its own. With files, what was set by hand stays, and all else is what suits files.
    """
    new, old = suitable(corpus), suitable(settings.corpus)
    if len(corpus) == 1 and corpus[0] in BUNDLED:
        return new
    by_hand = {
        name: getattr(settings, name)
        for name in FIELDS
        if name not in ("corpus", "dev") and getattr(settings, name) != getattr(old, name)
    }
    return msgspec.structs.replace(new, **by_hand)
