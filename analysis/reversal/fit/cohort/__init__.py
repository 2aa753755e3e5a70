"""Over cells: pooled ratios and slopes, groups compared."""
