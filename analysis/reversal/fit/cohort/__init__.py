"""All cells: pooled ratios and slopes, and comparisons of groups."""
