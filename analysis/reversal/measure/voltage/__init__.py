"""Command to membrane voltage: junction, series resistance, Nernst prediction."""
