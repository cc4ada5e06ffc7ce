"""The scenario file: TOML to typed values, with place and remedy for every mistake."""
