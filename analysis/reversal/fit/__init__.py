"""From the reversal potentials of a cell to permeability ratios, Nernst slope and cohort means."""
