"""The arithmetic of one number: from the embedding over gates and states to a tag's score."""
