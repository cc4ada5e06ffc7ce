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

from probe.input_error import InputError
from probe.scenario.sending import Dkim

_SIGNED: Final = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")


class _Timeless(dkim.DKIM):  # type: ignore[misc]
    """Signs without t=, which dkimpy would take from the machine's clock: the scenario has a time of its own."""

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: Any) -> bytes:
        """Write the header without the moment of signing, which is optional (RFC 6376 section 3.5)."""
        header: bytes = super().gen_header([field for field in fields if field[0] != b"t"], *rest)
        return header


@dataclass(frozen=True)
class Signer:
    """A private key and the name that its public half goes by."""

    domain: str
    selector: str
    algorithm: bytes
    private_key: bytes
    record: str
    """The TXT record of the public key, as a zone file has it."""

    @property
    def name(self) -> str:
        """The DNS name of the public key."""
        return f"{self.selector}._domainkey.{self.domain}"

    def sign(self, content: bytes) -> bytes:
        """Return a message with its signature in front."""
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
    """Return who signs; raises InputError for a key file that is none."""
    if settings.key is None:
        secret = hashlib.sha256(f"{seed}:{settings.selector}:{settings.domain}:dkim".encode()).digest()
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
        key = base64.b64encode(public).decode()
        return Signer(
            settings.domain, settings.selector, b"ed25519-sha256", base64.b64encode(secret), _record("ed25519", key)
        )
    path = folder / settings.key
    try:
        pem = path.read_bytes()
        private = serialization.load_pem_private_key(pem, password=None)
    except (OSError, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no PEM key without a password"
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
    return Signer(settings.domain, settings.selector, b"rsa-sha256", traditional, record)


def _record(kind: str, key: str) -> str:
    """Write a public key's record, in strings of at most 255 octets (RFC 6376 section 3.6.2.2)."""
    text = f"v=DKIM1; k={kind}; p={key}"
    return " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))
