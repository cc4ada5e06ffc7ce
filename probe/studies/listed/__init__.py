"""How often ``listed`` is right: blocklists whose entries are known, asked through resolvers with known faults."""
