"""The runs as the window sees them: their lists and data, and the trainers that it starts."""
