"""The history of the tracked sentence through the epochs of a run."""
