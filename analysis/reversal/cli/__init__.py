"""The command ``reversal``."""
