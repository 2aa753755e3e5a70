"""Statistics used by more than one floor, written once."""
