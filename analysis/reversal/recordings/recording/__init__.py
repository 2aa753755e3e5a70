"""A recording in memory and in the store: samples, units and fingerprint."""
