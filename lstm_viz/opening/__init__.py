"""What a file is, and which modules its weights belong to: no code is run, without torch and Qt.

Start with `describe.describe`; `file_kinds.kind_of` tells what a file is. `lstm_viz.rebuilding` makes modules
of what was found.
"""
