"""Refused recipients of generated worlds are diagnosed, over both transports."""
