"""One answer for a cell and for all cells: do the reversal potentials follow Nernst, GHK, or neither."""
