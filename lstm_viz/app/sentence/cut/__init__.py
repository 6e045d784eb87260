"""Correcting how the sentence is cut into words: join, split, write other words."""
