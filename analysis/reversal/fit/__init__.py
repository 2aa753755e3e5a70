"""Reversal potentials of a cell to permeability ratios, Nernst line and cohort."""
