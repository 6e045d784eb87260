"""The Training page and its panels."""
