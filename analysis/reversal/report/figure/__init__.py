"""Style, traces and SVG of all figures."""
