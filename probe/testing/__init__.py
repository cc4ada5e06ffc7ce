"""What the pytest plugin is made of: gateways that do as a test says, and scenarios run and held to their gates."""
