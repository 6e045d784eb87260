"""Files of folders that are not trusted: opened safely, replaced whole, grown by whole lines."""
