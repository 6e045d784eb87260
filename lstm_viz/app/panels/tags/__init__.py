"""Precision, recall and F1 of each tag, and the confusion matrix."""
