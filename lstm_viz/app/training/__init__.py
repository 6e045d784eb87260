"""The Training page, and what runs it."""
