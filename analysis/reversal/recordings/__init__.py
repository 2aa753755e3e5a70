"""File to Recording: readers by format, the command engine and its evidence."""
