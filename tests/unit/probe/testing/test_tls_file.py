"""The certificates with which a test's clients can verify its gateways."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from probe.testing import tls_file


@pytest.mark.parametrize("has_system_file", [True, False])
def test_clients_whose_trust_the_file_replaces_get_it_only_with_what_the_system_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_system_file: bool
) -> None:
    system = tmp_path / "system.pem"
    system.write_bytes(b"-----BEGIN CERTIFICATE-----\nsystem\n")
    known = ssl.get_default_verify_paths()._replace(cafile=str(system) if has_system_file else None)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: known)
    bundle = tls_file.write_bundle(tmp_path)
    assert bundle.read_bytes().endswith(tls_file.authority().pem)
    assert bundle.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----\nsystem\n") is has_system_file
    names = {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"}
    if has_system_file:
        names |= {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
    assert tls_file.trusting(bundle) == dict.fromkeys(names, str(bundle))
