"""Whole scenarios drawn by seed, small enough to run in a fraction of a second."""

from simulation.worlds.draw_world import draw_world
from simulation.worlds.features import APART, FEATURES, PAIRS
from simulation.worlds.world import World

__all__ = ["APART", "FEATURES", "PAIRS", "World", "draw_world"]
