"""Labels, rounding and tables as text; templates."""
