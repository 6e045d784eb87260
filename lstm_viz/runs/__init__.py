"""The run folder: what a training leaves behind, and what it can be told while it runs.

Everything here is plain files, msgspec and numbers: the trainer writes with it, window and engine read.
"""
