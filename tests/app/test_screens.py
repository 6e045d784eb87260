"""The window opens within the screen, whatever its size."""

import json
import os
import subprocess
import sys

import pytest

_OPEN = """
from lstm_viz.app.shell.main import make_application
from lstm_viz.app.shell.window import Window
application, window = make_application(["screens"]), Window()
window.show()
application.processEvents()
print(window.width(), window.height(), window.screen().availableSize().toTuple())
"""


def _opened(folder, width, height, scale):
    """Return the size of a new window in device independent pixels on a screen of so many pixels."""
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height}
    config = folder / "screens.json"
    config.write_text(json.dumps({"screens": [screen]}))
    environment = os.environ | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
        "QT_SCALE_FACTOR": str(scale),
    }
    done = subprocess.run(
        [sys.executable, "-c", _OPEN], env=environment, capture_output=True, text=True, check=True
    )
    shown = done.stdout.strip().splitlines()[-1]
    assert str((round(width / scale), round(height / scale))) in shown
    return tuple(map(int, shown.split()[:2]))


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(1024, 600, 1), (1280, 720, 1), (1366, 768, 1), (1920, 1080, 1.5), (3840, 2160, 2)],
)
def test_a_new_window_fits_the_screen_with_its_frame(tmp_path, width, height, scale):
    shown = _opened(tmp_path, width, height, scale)
    assert shown[0] <= width / scale and shown[1] + 30 <= height / scale
    assert shown[0] >= min(1600, 0.9 * width / scale) and shown[1] >= min(1000, 0.9 * height / scale)
