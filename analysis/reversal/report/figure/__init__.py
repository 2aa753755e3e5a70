"""Style and SVG shared by all figures."""
