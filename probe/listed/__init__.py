"""What receivers can look up about a sender: whether it is on blocklists, and what its DNS records say."""
