"""`reversal scan` drafts a recording sheet from a folder of recordings."""
