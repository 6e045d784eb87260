"""Modules with the weights of a file, as `lstm_viz.opening` describes them.

Start with `model.rebuild`. Nothing is unpickled: numbers are read from their places in the file.
"""
