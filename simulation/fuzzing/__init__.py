"""Fuzzing: what strangers send, mutated from small corpora, into whatever reads it."""
