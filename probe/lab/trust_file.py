"""The certificate authority of a run as files, and the environment variables by which clients trust it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore

from probe.user_files import write_here

PASSWORD: Final = "changeit"  # noqa: S105
"""The usual password of Java's trust stores. They hold nothing secret, but Java wants one."""


class TrustFiles(NamedTuple):
    """The authority's certificate as PEM and as a Java trust store (PKCS #12)."""

    pem: Path
    java: Path

    def environment(self) -> list[str]:
        """Return environment variables for OpenSSL (so Python), Node.js, Python's requests, curl and Java."""
        java = f"-Djavax.net.ssl.trustStore={self.java} -Djavax.net.ssl.trustStorePassword={PASSWORD}"
        return [
            f"SSL_CERT_FILE={self.pem}",
            f"NODE_EXTRA_CA_CERTS={self.pem}",
            f"REQUESTS_CA_BUNDLE={self.pem}",
            f"CURL_CA_BUNDLE={self.pem}",
            f"JAVA_TOOL_OPTIONS='{java}'",
        ]


def write_trust_files(folder: Path, pem: bytes) -> TrustFiles:
    """Write ``ca.pem`` and ``ca.p12`` into a folder; raises OSError."""
    files = TrustFiles((folder / "ca.pem").absolute(), (folder / "ca.p12").absolute())
    write_here(files.pem, pem)
    certificate = PKCS12Certificate(x509.load_pem_x509_certificate(pem), b"fivefifty")
    write_here(files.java, serialize_java_truststore([certificate], BestAvailableEncryption(PASSWORD.encode())))
    return files
