"""Reversal: voltage-clamp recordings to reversal potentials, permeability ratios and a Nernst verdict."""

__version__ = "0.1.0"
