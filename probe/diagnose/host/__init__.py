"""A mail server outside this process as the target of a diagnosis: which may be asked, how often, and how."""
