"""Classifiers made from rule files: formats, expressions, search, lint, tests."""
