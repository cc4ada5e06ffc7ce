"""The scenario file: TOML to typed values, every mistake with its place and remedy."""
