"""The engine: a process that owns a model and answers the window."""
