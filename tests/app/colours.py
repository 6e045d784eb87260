"""Distances and contrasts of colours, for tests."""

import numpy as np
from PySide6.QtGui import QColor

#: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
#: 2009: severity 1, on linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def _linear(colour):
    channels = np.array(QColor(colour).getRgbF()[:3])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def oklab(colour, vision="normal"):
    """Return a colour as (L, a, b) in OKLab (Ottosson, 2020), as seen with a colour vision deficiency."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(cones @ np.clip(VISIONS[vision] @ _linear(colour), 0, 1))


def distance(a, b, vision="normal"):
    """Return the distance of two colours in OKLab; a just noticeable one is about 0.02."""
    return float(np.linalg.norm(oklab(a, vision) - oklab(b, vision)))


def contrast(one, other):
    """Return the contrast of two colours after WCAG 2.1."""
    low, high = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ _linear(c)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)
