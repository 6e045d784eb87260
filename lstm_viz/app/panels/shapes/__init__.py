"""The shapes of a recurrent module: what it takes and returns, and where the final states are in it."""
