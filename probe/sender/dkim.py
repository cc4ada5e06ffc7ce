"""DKIM signatures by dkimpy (RFC 6376, RFC 8463)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fake_gateways.untrusted.bounded_read import read_bounded
from probe.input_error import InputError
from probe.scenario.sending import Dkim

_MAX_PEM: Final = 1024**2
"""Octets of a key file, at most."""
_SIGNED: Final = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")


class _Timeless(dkim.DKIM):  # type: ignore[misc]
    """Signs without t=. dkimpy would take it from the system clock, but the scenario has its own time."""

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: Any) -> bytes:
        """Write the header field without t=, which is optional (RFC 6376 section 3.5)."""
        header: bytes = super().gen_header([field for field in fields if field[0] != b"t"], *rest)
        return header


@dataclass(frozen=True)
class Signer:
    """Signs messages with a private key. ``domain`` and ``selector`` name its public key in the DNS."""

    domain: str
    selector: str
    algorithm: bytes
    private_key: bytes
    record: str
    """The TXT record of the public key, in the form of a zone file."""

    @property
    def name(self) -> str:
        """The DNS name of the public key."""
        return f"{self.selector}._domainkey.{self.domain}"

    def sign(self, content: bytes) -> bytes:
        """Return a message with a DKIM-Signature field before it."""
        signing = _Timeless(content, signature_algorithm=self.algorithm)
        present = [name for name in _SIGNED if any(key.lower() == name for key, _ in signing.headers)]
        header: bytes = signing.sign(
            self.selector.encode(),
            self.domain.encode(),
            self.private_key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=present,
        )
        return header + content


def signer(settings: Dkim, seed: int, folder: Path, place: str) -> Signer:
    """Return the signer, with the key of a file or an Ed25519 key made from the seed; raises InputError."""
    if settings.key is None:
        secret = hashlib.sha256(f"{seed}:{settings.selector}:{settings.domain}:dkim".encode()).digest()
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
        key = base64.b64encode(public).decode()
        return Signer(
            domain=settings.domain,
            selector=settings.selector,
            algorithm=b"ed25519-sha256",
            private_key=base64.b64encode(secret),
            record=_record("ed25519", key),
        )
    path = folder / settings.key
    try:
        pem = read_bounded(path, _MAX_PEM)
        private = serialization.load_pem_private_key(pem, password=None)
    except (OSError, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a PEM key without a password"
        raise InputError(f"{place}.key", f"{path} cannot be read ({reason})", "name an RSA key in PEM form") from None
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < 1024:
        problem = f"{path} holds no RSA key of at least 1024 bits"
        raise InputError(f"{place}.key", problem, "make one: openssl genrsa -traditional -out dkim.pem 2048")
    traditional = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    spki = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = _record("rsa", base64.b64encode(spki).decode())
    return Signer(
        domain=settings.domain,
        selector=settings.selector,
        algorithm=b"rsa-sha256",
        private_key=traditional,
        record=record,
    )


def _record(kind: str, key: str) -> str:
    """Return the TXT record of a public key, in strings of at most 255 octets (RFC 6376 section 3.6.2.2)."""
    text = f"v=DKIM1; k={kind}; p={key}"
    return " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))
