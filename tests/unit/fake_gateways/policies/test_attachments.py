"""Attachments of kinds that are refused."""

from __future__ import annotations

import email.policy
import io
import zipfile
from email.message import EmailMessage

import pytest
from lone_gateway import ALICE, CLEAN, LoneGateway, policy
from pydantic import ValidationError


def with_attachment(name: str, octets: bytes) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["Subject"] = "news@messenger.example", "Minutes"
    message.set_content("As agreed.")
    message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def zipped(name: str, octets: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, octets)
    return archive.getvalue()


def refused(content: bytes, **settings: object) -> bool:
    lone = LoneGateway("barracuda-ess", policies=[policy("attachments", **settings)], size_limit=10_000_000)
    return not lone.call().deliver(ALICE, content=content).accepts


@pytest.mark.parametrize(
    ("name", "is_refused"),
    [("minutes.pdf", False), ("setup.EXE", True), ("minutes.pdf.js", True), ("exe", False), ("größe.exe", True)],
)
def test_the_last_suffix_counts(name: str, is_refused: bool) -> None:  # noqa: FBT001
    assert refused(with_attachment(name, b"x")) is is_refused


def test_names_inside_an_archive_count_too() -> None:
    assert refused(with_attachment("a.zip", zipped("folder/setup.exe", b"x")))
    assert not refused(with_attachment("a.zip", zipped("minutes.pdf", b"x")))
    assert not refused(with_attachment("a.zip", b"PK\x03\x04 and nothing else"))


def test_the_kinds_are_the_administrators_to_choose() -> None:
    assert refused(with_attachment("minutes.pdf", b"x"), types=[".pdf"])
    with pytest.raises(ValidationError, match="is not a suffix"):
        policy("attachments", types=["pdf"])


def test_a_message_without_attachments_is_nobodys_business() -> None:
    assert not refused(CLEAN)
