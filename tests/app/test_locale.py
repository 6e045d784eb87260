"""The window in other locales: what is drawn runs from left to right, whatever the texts of Qt do."""

import os
import subprocess
import sys

import pytest

_PROGRAM = """
from PySide6.QtCore import QLocale
from lstm_viz.app.shell.main import make_application
QLocale.setDefault(QLocale({name!r}))
application = make_application([])
print(QLocale().name(), application.layoutDirection().name)
"""


@pytest.mark.parametrize("name", ["ar_EG", "he_IL", "fa_IR", "de_DE"])
def test_no_locale_mirrors_the_window(name):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    program = [sys.executable, "-c", _PROGRAM.format(name=name)]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == [name, "LeftToRight"]
