"""The results of runs for people: web page, terminal, CI systems, charts."""
