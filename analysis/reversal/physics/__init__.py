"""Electrochemistry as pure functions of numbers: no names, no files, no state."""
