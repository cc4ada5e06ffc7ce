"""The TLS certificate of a run, created on first use and kept only in memory (trustme)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from functools import cache

import trustme


def issuer(names: Sequence[str]) -> Callable[[], ssl.SSLContext]:
    """Return a function that returns the TLS context of the servers of these names; they share one certificate.

    No client trusts it. Between mail servers TLS is opportunistic, and certificates are not verified (RFC 7435).
    """

    @cache
    def context() -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        trustme.CA().issue_cert(*names).configure_cert(made)
        return made

    return context
