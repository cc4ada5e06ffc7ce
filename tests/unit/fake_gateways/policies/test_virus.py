"""The test file that scanners know, wherever it hides."""

from __future__ import annotations

import email.policy
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from lone_gateway import ALICE, CLEAN, LoneGateway, policy

from fake_gateways.policies import virus
from fake_gateways.policies.message_parts import MAX_MEMBER_OCTETS, attached
from fake_gateways.policies.virus import EICAR
from fake_gateways.truth import Cause


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


@pytest.mark.parametrize(
    ("content", "is_found"),
    [
        (CLEAN, False),
        (CLEAN + EICAR, True),
        (with_attachment("eicar.com", EICAR), True),
        (with_attachment("a.zip", zipped("eicar.com", EICAR)), True),
        (with_attachment("a.zip", zipped("a.txt", b"nothing")), False),
        (with_attachment("a.zip", zipped("eicar.com", EICAR)[:-30]), False),
    ],
    ids=["no virus", "in the text", "attached", "in an archive", "an innocent archive", "a broken archive"],
)
def test_the_test_file_is_found(content: bytes, is_found: bool) -> None:  # noqa: FBT001
    lone = LoneGateway("barracuda-ess", policies=[policy("virus")])
    assert lone.call().deliver(ALICE, content=content).accepts is not is_found
    assert [row.cause for row in lone.truths] == [Cause.VIRUS if is_found else None]


def test_an_archive_that_claims_to_be_huge_is_looked_into_only_so_far() -> None:
    bomb = zipped("zeros", b"\0" * 20_000_000 + EICAR)
    assert len(bomb) < 50_000
    (attachment,) = attached(with_attachment("bomb.zip", bomb))
    assert [len(octets) for octets in attachment.unpacked()] == [MAX_MEMBER_OCTETS]


def test_no_scanner_takes_our_source_for_a_virus() -> None:
    assert EICAR not in Path(virus.__file__).read_bytes()
