"""Messages that gateways and readers send back: delivery reports, complaints, vacation replies."""
