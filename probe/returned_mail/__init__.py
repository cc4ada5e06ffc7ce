"""Reads mail that comes back to a sender: delivery reports, complaints, automatic replies."""

from __future__ import annotations

from probe.returned_mail.about import About, Kind, ReturnedMail
from probe.returned_mail.reader import read

__all__ = ["About", "Kind", "ReturnedMail", "read"]
