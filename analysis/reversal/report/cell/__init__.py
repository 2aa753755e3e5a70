"""The page and the PDF of one cell."""
