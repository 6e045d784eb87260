"""Heatmaps: arrays as images, with colour scales of fixed range."""

from collections.abc import Collection, Hashable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from lstm_viz.app.theme import Theme
from lstm_viz.cells import QUANTITIES
from lstm_viz.messages import Floats

#: The prefix of a scale for the difference of two values: "Δ0.5" is −0.5…0.5.
DELTA = "Δ"

_LEVELS = 255  # the 256th colour is for NaN and infinities
_NAN = 255

Pixels = npt.NDArray[np.uint32]
Levels = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


def picture(values: Floats, name: str, theme: Theme, present: Bools | None = None) -> QImage:
    """Return (T, H) values of the named quantity as an image, with a column per step and a row per unit.

    Values beyond the scale take its last colour; NaN and infinities take ``theme.danger``. Columns that are
    not ``present`` (T,) take ``theme.ground``, which is the colour of no number.
    The format is Format_RGB32, because Qt's raster engine scales indexed images several times slower.
    """
    pixels = _pixels(values, name, theme)
    if present is not None:
        pixels[:, ~present] = QColor(theme.ground).rgb()
    return image_of(pixels)


@lru_cache(maxsize=64)
def units_of_rows(units: int, rows: int) -> npt.NDArray[np.int64]:
    """Return the units (G, R) of each of at most ``rows`` rows of pixels; the last of a row is repeated."""
    starts = np.arange(min(units, rows)) * units // min(units, rows)
    stops = np.append(starts[1:], units)
    most = int((stops - starts).max())
    return np.asarray(np.minimum(starts + np.arange(most)[:, None], stops - 1))


def condensed(values: Floats, rows: int) -> Floats:
    """Return (T, H) values for at most ``rows`` rows of pixels: where several units share one, an extreme.

    It is the value that is farthest from the mean of all units, so that none that differs vanishes.
    """
    units = values.shape[1]
    if units <= rows:
        return values
    first, *others = units_of_rows(units, rows)
    found: Floats = values.take(first, axis=1)
    high = found.copy()
    for other in others:  # a `reduceat` of as small groups takes five times as long
        some = values.take(other, axis=1)
        np.minimum(found, some, out=found)
        np.maximum(high, some, out=high)
    mean = np.add.reduce(values, axis=1, keepdims=True) / units
    is_above = high - mean >= mean - found
    found[is_above] = high[is_above]
    return found


class Pictures:
    """Makes the pictures of arrays that change from some column on, as at a keystroke.

    Columns that have the same values as in the last picture with this ``key`` are copied from it.
    """

    def __init__(self) -> None:
        self._last: dict[Hashable, tuple[tuple[str, Theme, int], Floats, QImage]] = {}

    def picture(self, key: Hashable, values: Floats, name: str, theme: Theme, rows: int) -> QImage:
        """Return `picture` of these values, `condensed` to ``rows``."""
        last, how = self._last.get(key), (name, theme, rows)
        if last and last[0] == how and last[1] is values:
            return last[2]
        same = _unchanged(last[1], values) if last and last[0] == how else 0
        pixels = _pixels(condensed(values[same:], rows), name, theme)
        if last and same:
            drawn: Pixels = last[2].pixels  # type: ignore[attr-defined]
            pixels = np.concatenate([drawn[:, :same], pixels], axis=1)
        image = image_of(pixels)
        self._last[key] = how, values, image
        return image

    def keep(self, keys: Collection[Hashable]) -> None:
        """Forget the pictures with other keys."""
        self._last = {key: last for key, last in self._last.items() if key in keys}


def _unchanged(old: Floats, new: Floats) -> int:
    """Return how many columns from the left are the same; one with NaN is not."""
    if old.shape[1] != new.shape[1]:
        return 0
    steps = min(len(old), len(new))
    differs = (old[:steps] != new[:steps]).any(axis=1)
    return int(differs.argmax()) if differs.any() else steps


def _pixels(values: Floats, name: str, theme: Theme) -> Pixels:
    """Return the colours of (T, H) values, (H, T)."""
    pixels: Pixels = np.take(colours(name, theme), levels(values, name).T)
    return pixels


def image_of(pixels: Pixels) -> QImage:
    """Return (height, width) colours as an image."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    image.pixels = pixels  # type: ignore[attr-defined]  # the image does not own its memory
    return image


@lru_cache(maxsize=64)
def ends(name: str) -> tuple[float, float]:
    """Return the limits of the fixed scale of a quantity or of a difference."""
    limit = float(name.removeprefix(DELTA)) if name.startswith(DELTA) else QUANTITIES[name].limit
    return (-limit if has_sign(name) else 0.0, limit)


def has_sign(name: str) -> bool:
    """Return whether a quantity is signed; a difference always is."""
    return name.startswith(DELTA) or QUANTITIES[name].is_signed


def levels(values: Floats, name: str) -> Levels:
    """Return the index of each value's colour in `colours`."""
    low, high = ends(name)
    scaled = (values - low) * (_LEVELS - 1) / (high - low) + 0.5
    finite = np.isfinite(scaled)
    if finite.all():
        return _clipped(scaled)
    clipped = _clipped(np.nan_to_num(scaled))
    return np.where(finite, clipped, np.uint8(_NAN))


def _clipped(scaled: Floats) -> Levels:
    return np.asarray(np.clip(scaled, 0, _LEVELS - 1), np.uint8)


@lru_cache(maxsize=64)
def colours(name: str, theme: Theme) -> Pixels:
    """Return the 256 colours of a quantity: from the panel's to its own, or from negative to positive."""
    ground = _channels(theme.panel)
    if not has_sign(name):
        ramp = _ramp(ground, _channels(theme.quantity[name]), _LEVELS)
    else:
        half = _LEVELS // 2
        below = _ramp(_channels(theme.minus), ground, half + 1)
        above = _ramp(ground, _channels(theme.plus), half + 1)
        ramp = np.concatenate([below, above[1:]])
    return _packed(np.concatenate([ramp, _channels(theme.danger)[None]]))


def blend(start: str, end: str, n: int = _LEVELS) -> Pixels:
    """Return ``n`` colours from one to another."""
    return _packed(_ramp(_channels(start), _channels(end), n))


@lru_cache(maxsize=64)
def dark_text(name: str, theme: Theme) -> npt.NDArray[np.bool_]:
    """Return for each of the 256 colours whether black reads better on it than white (WCAG contrast)."""
    return is_light(colours(name, theme))


def is_light(pixels: Pixels) -> npt.NDArray[np.bool_]:
    """Return for each colour whether black reads better on it than white (WCAG contrast)."""
    channels = np.stack([pixels >> 16 & 255, pixels >> 8 & 255, pixels & 255]) / 255.0
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = np.tensordot((0.2126, 0.7152, 0.0722), linear, 1)
    return np.asarray((luminance + 0.05) ** 2 > 0.05 * 1.05)


def _channels(colour: str) -> npt.NDArray[np.float64]:
    mixed = QColor(colour)
    return np.array([mixed.red(), mixed.green(), mixed.blue()], np.float64)


def _packed(channels: npt.NDArray[np.float64]) -> Pixels:
    r, g, b = channels.round().astype(np.uint32).T
    pixels: Pixels = np.uint32(0xFF000000) | (r << 16) | (g << 8) | b
    return pixels


def _ramp(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], n: int) -> npt.NDArray[np.float64]:
    return start + np.linspace(0, 1, n)[:, None] * (end - start)
