"""The arithmetic of one number: from the embedding through gates and states to a tag's score."""
