"""Correcting the segmentation of the sentence into words: join, split, or replace words."""
