"""Text processing: tokenisation, alignment of two texts, and parsing of typed numbers.

It depends on the standard library alone.
"""
