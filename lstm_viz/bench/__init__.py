"""`make bench`: what is fast, in ratios within one run."""
