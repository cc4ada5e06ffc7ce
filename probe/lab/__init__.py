"""One run of a scenario: prepare, plan, send, resume, judge."""
