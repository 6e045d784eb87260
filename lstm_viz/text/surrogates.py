"""Lone surrogates: halves of a UTF-16 pair, which a Python string may hold and UTF-8 cannot encode."""


def has_surrogates(text: str) -> bool:
    """Return whether ``text`` has a lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
