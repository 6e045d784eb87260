"""``python -m lstm_viz``: the same as the command ``lstm-viz``."""

import sys

from lstm_viz.cli import main

sys.exit(main())
