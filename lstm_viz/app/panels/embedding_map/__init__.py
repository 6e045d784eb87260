"""The map of the embeddings of a run."""
