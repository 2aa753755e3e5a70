"""Labels, rounded numbers, tables and pages as text."""
