"""Fuzzing: what strangers send, at random and from corpora, into whatever reads it."""
