"""``python -m lstm_viz``: the command ``lstm-viz``."""

import sys

from lstm_viz.cli import main

sys.exit(main())
