"""Classifiers outside this package: Python objects, programs, HTTP endpoints."""
