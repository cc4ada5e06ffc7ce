"""The certificates with which a test's clients can verify its gateways, as a file and as environment variables."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

from fake_gateways.certificate import Authority

NAMES = ("localhost", "127.0.0.1", "::1")


@cache
def authority() -> Authority:
    """Return the authority of all gateways of this process."""
    return Authority(NAMES)


@cache
def context_of(host: str) -> ssl.SSLContext:
    """Return the TLS context of gateways at an address."""
    return authority().context if host in NAMES else authority().context_for(*NAMES, host)


def write_bundle(folder: Path) -> Path:
    """Write the authority's certificate into a folder, after those that the system trusts; return the file.

    So a test that also connects to other servers still trusts them.
    """
    bundle = folder / "ca.pem"
    bundle.write_bytes(_bundle(ssl.get_default_verify_paths().cafile))
    return bundle


def _bundle(system: str | None) -> bytes:
    """Return the certificates of a file of the system, if there is one, and the authority's."""
    known = b"" if system is None else Path(system).read_bytes()
    return known.rstrip() + b"\n" + authority().pem


def trusting(bundle: Path) -> dict[str, str]:
    """Return the environment variables by which OpenSSL (so Python), Node.js, requests and curl trust the file.

    For requests and curl the file replaces what the system trusts, so they get it only if that is in it.
    """
    names = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]
    if bundle.read_bytes() != _bundle(None):
        names += ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
    return dict.fromkeys(names, str(bundle))
