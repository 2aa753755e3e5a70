"""Physical systems of the textbooks that only the atlas and ``reversal calc`` use; pure functions of numbers."""
