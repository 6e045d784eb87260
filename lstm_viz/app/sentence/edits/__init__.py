"""What if: the hands of the person. Values are set, units switched off, states swapped; all can be undone."""
