"""The engine: a process that owns the models and returns the results of the window's queries."""
