"""Part-of-speech tagging: vocabularies, the taggers and the shipped presets."""
