"""The people behind a gateway: directory, mailbox states, what readers do with their mail, generated names."""
