"""What a text is made of: where its words begin and end, which words of two texts are the same.

And which number it is, where a number is typed.
"""
