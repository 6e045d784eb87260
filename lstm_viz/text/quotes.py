"""Quotation marks and apostrophes as a typographer sets them, and as they are typed."""

#: Code points to those of the plain ones.
QUOTES = {ord(mark): ord(plain) for plain, marks in {"'": "’‘‛´`ʼ", '"': "“”„‟"}.items() for mark in marks}
