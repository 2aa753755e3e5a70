"""The command of a recording: where it comes from, its epochs, and how well it agrees with a recorded voltage."""
