"""The command of a recording and the evidence for it."""
