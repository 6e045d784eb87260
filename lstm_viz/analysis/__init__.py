"""What the numbers of a recurrent net mean: pure functions, each with its formula and its source."""
