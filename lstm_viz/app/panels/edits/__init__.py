"""Interventions from the window: clamp values, ablate units, patch states; all can be undone."""
