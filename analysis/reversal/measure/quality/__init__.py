"""Checks of a recording: one function, one number, one finding."""
