"""Files that may come from strangers: which are opened, and how TOML is read."""
