"""How sensitive classifiers are to one thing at a time."""
