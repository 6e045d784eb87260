"""Typographic quotation marks and apostrophes, and their ASCII forms."""

#: Code points of typographic marks to those of the ASCII ones.
QUOTES = {ord(mark): ord(plain) for plain, marks in {"'": "’‘‛´`ʼ", '"': "“”„‟"}.items() for mark in marks}
