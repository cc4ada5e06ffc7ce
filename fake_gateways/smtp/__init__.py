"""The parts of SMTP: commands, parameters, replies, envelopes, framing (RFC 5321)."""
