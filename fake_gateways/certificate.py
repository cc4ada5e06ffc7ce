"""The TLS certificates of a run, created on first use and kept only in memory (trustme)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from functools import cached_property

import trustme


class Authority:
    """A certificate authority and one certificate, which all servers of these names and IP addresses share.

    Between mail servers TLS is opportunistic, and certificates are not verified (RFC 7435). A client that does verify
    them has to trust ``pem``.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    @cached_property
    def _ca(self) -> trustme.CA:
        return trustme.CA()

    @property
    def pem(self) -> bytes:
        """The certificate of the authority."""
        return self._ca.cert_pem.bytes()

    @cached_property
    def context(self) -> ssl.SSLContext:
        """The TLS context of the servers."""
        return self.context_for(*self._names)

    def context_for(self, *names: str) -> ssl.SSLContext:
        """Return the TLS context of a server with names and IP addresses of its own."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        self._ca.issue_cert(*names).configure_cert(made)
        return made


def issuer(names: Sequence[str]) -> Callable[[], ssl.SSLContext]:
    """Return a function that returns the TLS context of the servers of these names; they share one certificate."""
    authority = Authority(names)
    return lambda: authority.context
