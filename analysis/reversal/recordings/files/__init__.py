"""What a file is by its content, which files belong to it, and the errors of other libraries as refusals."""
