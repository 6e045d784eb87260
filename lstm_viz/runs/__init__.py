"""The run folder: the record of a training, and its control file.

Plain files and msgspec, without torch and Qt: the trainer writes, window and engine read.
"""
