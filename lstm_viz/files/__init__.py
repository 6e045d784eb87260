"""Safe access to files of untrusted folders: opening, atomic replacement, appending of whole lines."""
