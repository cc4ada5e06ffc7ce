"""The sender's side, and the judge."""
