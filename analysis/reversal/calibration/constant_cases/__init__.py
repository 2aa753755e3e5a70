"""Small cases with known truth that test each constant that decides an answer."""
