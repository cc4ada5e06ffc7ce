"""The messages of experiments differ from that of the campaign in one way."""

from __future__ import annotations

from probe.diagnose.conditions import Content
from probe.diagnose.contents import (
    CHANGES,
    empty,
    from_domain,
    neutral,
    renamed,
    same_size,
    without_attachments,
    without_links,
)

HEADER = b"From: News <news@sender.example>\r\nTo: <ann@acme.example>\r\nSubject: Offer\r\n"
PLAIN = HEADER + b"\r\nSee https://sender.example/a?b=3Dc=\r\n_d and www.sender.example now.\r\n"
PARTS = (
    HEADER
    + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n'
    + b'--b\r\nContent-Type: application/pdf;\r\n name="form.pdf"\r\n\r\nJVBERi0=\r\n--b--\r\n'
)


def test_links_go_and_the_rest_stays() -> None:
    assert without_links(PLAIN) == HEADER + b"\r\nSee  and  now.\r\n"
    assert without_links(HEADER + b"\r\nHello\r\n") == HEADER + b"\r\nHello\r\n"


def test_attachments_go_and_the_rest_stays() -> None:
    found = without_attachments(PARTS)
    assert b"form.pdf" not in found
    assert b"Hello" in found
    assert found.endswith(b"--b--\r\n")
    assert without_attachments(PLAIN) == PLAIN


def test_a_neutral_message_keeps_the_addresses() -> None:
    for message in (neutral(PLAIN), empty(PLAIN), same_size(PLAIN * 9)):
        assert message.startswith(b"From: News <news@sender.example>\r\nTo: <ann@acme.example>\r\n")
        assert b"Offer" not in message
    assert empty(PLAIN).endswith(b"\r\n\r\n")


def test_a_message_of_the_same_size_is_at_least_as_large() -> None:
    assert len(PLAIN * 9) <= len(same_size(PLAIN * 9)) < len(PLAIN * 9) + 100


def test_the_domain_of_from_changes() -> None:
    assert from_domain(PLAIN, "other.example").startswith(b"From: News <news@other.example>\r\nTo: <ann@acme.example>")


def test_every_content_can_be_made() -> None:
    assert set(CHANGES) == set(Content)
    assert CHANGES[Content.CAMPAIGN](PLAIN) == PLAIN


def test_attachments_get_other_names_and_stay() -> None:
    found = renamed(PARTS)
    assert b"form.pdf" not in found
    assert b'name="part1.txt"' in found
    assert b"JVBERi0=" in found
    assert renamed(PLAIN) == PLAIN
