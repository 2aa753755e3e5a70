"""Calibration: how often the intervals of the measurements and fits contain the truth of simulated recordings."""
