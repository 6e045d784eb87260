"""Part-of-speech tagging: treebanks, vocabularies, the taggers and the shipped presets."""
