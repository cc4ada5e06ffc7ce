"""The scenario file: TOML to typed values; every error says where and what to do."""
