"""Words in, tags out: tokens, treebanks, vocabularies, the taggers and the presets that we ship."""
