"""Classifiers made from rule files: expressions, formats, search, lint, tests."""
