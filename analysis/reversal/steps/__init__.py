"""The few lines between a rule and a function: files and settings in, files out, a log."""
