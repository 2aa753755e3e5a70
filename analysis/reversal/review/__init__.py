"""`reversal review`: a local page on which a person goes through a night, recording by recording."""
