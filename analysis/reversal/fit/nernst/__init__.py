"""Reversal potentials compared with the Nernst equation: slope and verdict."""
