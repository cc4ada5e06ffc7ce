"""Which suppression policy to run: policies, replay of finished campaigns, the cheapest."""
