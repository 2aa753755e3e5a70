"""What the user declares: configuration, recording sheet, solutions, ions."""
