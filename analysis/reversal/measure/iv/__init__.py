"""Recording to I–V: steps, tails, peaks, ramps."""
