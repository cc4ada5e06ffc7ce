"""The rows that both sides write: one class a table."""
