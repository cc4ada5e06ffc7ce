"""A scenario at every point of a grid, and where each classifier breaks."""
