"""From a file to a Recording: one reader per format, and the command with its evidence."""
