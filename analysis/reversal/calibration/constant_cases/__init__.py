"""Small cases with known truth, by which each constant that decides an answer is held."""
