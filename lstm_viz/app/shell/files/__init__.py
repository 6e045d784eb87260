"""Files that the user opens: what they are, what is asked about a model, and which were opened before."""
