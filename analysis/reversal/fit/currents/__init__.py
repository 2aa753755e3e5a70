"""Permeability ratios from the currents of all baths, and the leak they show."""
