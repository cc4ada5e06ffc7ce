"""What is fuzzed, one reader of strangers' words a file: ``run`` takes octets, and raises what is wrong."""
