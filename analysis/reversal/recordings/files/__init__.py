"""What a file is by its content, what lies beside it, and the fence around calls of foreign libraries."""
