"""What a text is made of: where its words begin and end, and which words of two texts are the same."""
