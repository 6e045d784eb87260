"""The training loop, as a generator, and the command that writes a run folder with it."""
