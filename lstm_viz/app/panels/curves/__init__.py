"""The curves of a run: loss, accuracy, learning rate and norms."""
