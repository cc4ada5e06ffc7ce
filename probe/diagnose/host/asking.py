"""What a user asks a mail server for."""

from __future__ import annotations

from dataclasses import dataclass

from fake_gateways.smtp.envelope import domain_of
from probe.diagnose.host.host_name import Host


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What the user asks for.

    ``return_paths`` and ``sources`` are ours, the usual one first. ``most_s`` is how many seconds it may take, apart
    from a minute for the last dialogue; any step of one may take ``reply_timeout_s``. ``allow`` is the file of the
    allow list.
    """

    host: Host
    recipient: str
    control: str | None = None
    message: bytes | None = None
    return_paths: tuple[str, ...] = ()
    helo: str | None = None
    sources: tuple[str, ...] = ()
    allow: str | None = None
    most_s: float = 600.0
    reply_timeout_s: float = 60.0
    """RFC 5321 section 4.5.3.2 asks for five minutes and more, which is long for a question."""

    @property
    def known_control(self) -> str:
        """A recipient that exists: every domain has a postmaster (RFC 5321 section 4.5.1)."""
        return self.control or f"postmaster@{domain_of(self.recipient)}"
