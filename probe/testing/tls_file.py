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


def write_bundle(folder: Path) -> Path:
    """Write the authority's certificate into a folder, after those that the system trusts; return the file.

    So a test that also connects to other servers still trusts them.
    """
    system = ssl.get_default_verify_paths().cafile
    known = b"" if system is None else Path(system).read_bytes()
    bundle = folder / "ca.pem"
    bundle.write_bytes(known.rstrip() + b"\n" + authority().pem)
    return bundle


def trusting(bundle: Path) -> dict[str, str]:
    """Return the environment variables by which OpenSSL (so Python), requests, curl and Node.js trust the file."""
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    return dict.fromkeys(names, str(bundle))
