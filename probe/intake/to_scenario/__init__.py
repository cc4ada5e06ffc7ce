"""Turns the events of a log into a scenario that replays them."""
