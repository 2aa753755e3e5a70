"""What the user writes: configuration, recording sheet, solutions, ions."""
