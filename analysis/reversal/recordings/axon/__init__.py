"""Axon Binary Format (ABF 1 and 2): header, samples, and the command that the header describes."""
