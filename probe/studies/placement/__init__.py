"""How good intervals and alarm of placement are, in generated worlds whose true shares are known."""
