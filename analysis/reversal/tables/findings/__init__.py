"""Findings as data: a closed list of codes, one definition for each, one rule that makes a status of them."""
