"""``reversal design``: the intervals to expect of a planned series of recordings, and the bath to add."""
