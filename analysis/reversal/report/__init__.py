"""What people look at: figures, cell pages, the morning page."""
