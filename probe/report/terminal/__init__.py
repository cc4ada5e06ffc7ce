"""What commands print: tables, answers, progress."""
