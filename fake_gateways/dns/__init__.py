"""The names of the simulated Internet: zone data, a nameserver, a resolver, MX lookup."""
