"""Permeability ratios and leak from the I–V curves of all baths."""
