"""What the sheet chooses of a file: options of reading, channel and sweeps."""
