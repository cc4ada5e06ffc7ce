"""The rows of the books: one class for each table."""
