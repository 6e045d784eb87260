"""Treebanks in CoNLL-U, and the text of their sentences."""
