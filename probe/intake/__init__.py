"""Logs and webhooks of other mail systems, read as a stream of one kind of event."""
