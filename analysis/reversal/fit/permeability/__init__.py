"""Permeability ratios from reversal potentials."""
