"""Reversal potential against the Nernst equation: the line and the verdict."""
