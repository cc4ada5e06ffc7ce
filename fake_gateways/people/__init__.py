"""The mailboxes and readers of a company: directory, states, what readers do with mail, generated names."""
