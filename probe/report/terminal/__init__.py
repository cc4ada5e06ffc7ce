"""What commands print: summaries, tables, progress."""
