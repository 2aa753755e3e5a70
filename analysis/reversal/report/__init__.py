"""Figures, cell pages, morning page and slides."""
