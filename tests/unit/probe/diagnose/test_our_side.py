"""What a sender can change: another address, another recipient, parts of the message."""

from __future__ import annotations

import pytest

from probe.diagnose.conditions import Recipient, Source
from probe.diagnose.our_side import address_means, address_of, content_means, named

USUAL, NEIGHBOUR, ELSEWHERE = "192.0.2.1", "192.0.2.9", "198.51.100.1"


@pytest.mark.parametrize(
    ("wanted", "ours", "address"),
    [
        (Source.USUAL, [], USUAL),
        (Source.NEIGHBOUR, [USUAL, ELSEWHERE, NEIGHBOUR], NEIGHBOUR),
        (Source.ELSEWHERE, [USUAL, NEIGHBOUR, ELSEWHERE], ELSEWHERE),
        (Source.NEIGHBOUR, [USUAL, ELSEWHERE], None),
        (Source.ELSEWHERE, [USUAL, NEIGHBOUR], None),
    ],
)
def test_an_address_of_ours_is_near_or_elsewhere(wanted: Source, ours: list[str], address: str | None) -> None:
    assert address_of(wanted, USUAL, ours) == address


def test_addresses_are_means() -> None:
    assert list(address_means({Source.USUAL: USUAL}.get)) == []
    assert list(address_means({Source.NEIGHBOUR: NEIGHBOUR, Source.ELSEWHERE: ELSEWHERE}.get)) == [
        "neighbour",
        "elsewhere",
    ]


def test_what_can_be_left_out_of_a_message_is_a_mean() -> None:
    assert list(content_means(b"Subject: Hello\r\n\r\nHello.\r\n")) == []
    assert list(content_means(b"Subject: Hello\r\n\r\nhttps://sender.example/\r\n")) == ["links"]
    attached = b'Content-Disposition: attachment; filename="list.zip"\r\n\r\nUEsFBg==\r\n'
    mixed = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHello.\r\n--b\r\n%s--b--\r\n' % attached
    assert list(content_means(mixed)) == ["attachments"]


def test_each_recipient_has_an_address() -> None:
    assert [named(each, "ann", "bob", "x1") for each in Recipient] == ["ann", "bob", "x1"]
