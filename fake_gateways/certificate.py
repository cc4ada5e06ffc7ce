"""A certificate for the run, made on first use and forgotten with the process (trustme)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from functools import cache

import trustme


def issuer(names: Sequence[str]) -> Callable[[], ssl.SSLContext]:
    """Return a function that gives the servers of these names a TLS context; all share one certificate.

    Nobody has reason to trust it: between mail servers TLS is opportunistic and the certificate unverified (RFC 7435).
    """

    @cache
    def context() -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        trustme.CA().issue_cert(*names).configure_cert(made)
        return made

    return context
