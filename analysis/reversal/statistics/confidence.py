"""The level of the intervals that this project reports."""

from __future__ import annotations

LEVEL = 0.95
LOWER, UPPER = 0.025, 0.975  # probabilities below the two ends
EQUIVALENCE_LEVEL = 0.90  # of the interval of two one-sided tests at 5 % (Schuirmann, J. Pharmacokin. 15:657, 1987)
