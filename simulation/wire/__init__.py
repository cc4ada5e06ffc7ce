"""Runs worlds and stock programs through a proxy that splits, delays, merges, and cuts what goes over the wire."""
