"""DKIM signatures that the field's verifier believes, and that follow the scenario's time and seed."""

from __future__ import annotations

from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from probe.input_error import InputError
from probe.scenario.sending import Dkim
from probe.sender.dkim import Signer, signer

MESSAGE = (
    b"From: news@sender.example\r\nTo: <ann@acme.example>\r\nSubject: Hello\r\nMessage-ID: <1@a>\r\n\r\nHello.\r\n"
)


def made(folder: Path, **keys: str) -> Signer:
    """Return a signer for sender.example."""
    return signer(Dkim.model_validate({"domain": "sender.example", **keys}), 7, folder, "sender.dkim")


def pem(folder: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """Write a private key, and return its file's name."""
    octets = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(octets)
    return "key.pem"


def holds(by: Signer, signed: bytes) -> bool:
    """Ask dkimpy, with the record that the scenario publishes."""
    record = by.record.replace('" "', "").strip('"').encode()
    return bool(dkim.verify(signed, dnsfunc=lambda name, **_: record if name.decode().rstrip(".") == by.name else None))


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_signature_holds_and_breaks_with_the_message(kind: str, tmp_path: Path) -> None:
    keys = {"key": pem(tmp_path, rsa.generate_private_key(65537, 2048))} if kind == "rsa" else {}
    by = made(tmp_path, **keys)
    signed = by.sign(MESSAGE)
    assert holds(by, signed)
    assert not holds(by, signed.replace(b"Subject: Hello", b"Subject: Hallo"))
    assert not holds(by, signed.replace(b"Hello.\r\n", b"Bye.\r\n"))


def test_the_same_seed_signs_alike_and_no_clock_is_looked_at(tmp_path: Path) -> None:
    assert made(tmp_path).sign(MESSAGE) == made(tmp_path).sign(MESSAGE)
    assert b" t=" not in made(tmp_path).sign(MESSAGE)


@pytest.mark.parametrize("name", ["none.pem", "text.pem", "ec.pem", "short.pem"])
def test_a_key_that_is_none_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("hello", "utf-8")
    if name == "ec.pem":
        pem(tmp_path, ec.generate_private_key(ec.SECP256R1()))
        (tmp_path / "key.pem").rename(tmp_path / name)
    elif name == "short.pem":
        pem(tmp_path, rsa.generate_private_key(65537, 1024))
        (tmp_path / "key.pem").rename(tmp_path / name)
        made(tmp_path, key=name)  # the least that RFC 8301 lets a verifier believe
        return
    with pytest.raises(InputError, match=r"^sender\.dkim\.key: "):
        made(tmp_path, key=name)
