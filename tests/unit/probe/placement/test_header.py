"""What the header of a seed's message says."""

from __future__ import annotations

import pytest

from probe.placement.header import told

OURS = b"Received: from mta1.sender.example (mta1.sender.example [203.0.113.7]) by mx.freemail.example; Mon\r\n"
INSIDE = b"Received: from lmtp (unknown [127.0.0.1]) by store.freemail.example; Mon\r\n"
PRIVATE = b"Received: from mx ([10.1.2.3])\r\n by store.freemail.example; Mon\r\n"


@pytest.mark.parametrize(
    ("value", "campaign", "variant"),
    [
        ("spring", "spring", ""),
        ("spring; variant=b", "spring", "b"),
        ("  spring ;variant = b ", "spring", "b"),
        ("spring\r\n ; variant=b", "spring", "b"),
        ("spring 2", "spring 2", ""),
        ("spring; more", "", ""),
        ("", "", ""),
    ],
)
def test_the_field_names_the_campaign_and_the_content(value: str, campaign: str, variant: str) -> None:
    assert told(f"X-Campaign: {value}\r\n\r\n".encode(), "X-Campaign")[:2] == (campaign, variant)


def test_the_source_is_the_first_that_is_not_the_providers_own() -> None:
    assert told(INSIDE + PRIVATE + OURS + b"x-campaign: spring\r\n\r\n", "X-Campaign") == ("spring", "", "203.0.113.7")


@pytest.mark.parametrize(
    "received",
    ["from x by [203.0.113.7]", "from [999.1.1.1] by y", "from x ([IPv6:fe80::1]) by y", "", "\xff [\x00"],
)
def test_without_an_address_there_is_no_source(received: str) -> None:
    header = f"X-Campaign: spring\r\nReceived: {received}\r\n\r\n".encode("latin-1")
    assert told(header, "X-Campaign").source == ""


def test_ipv6_in_the_form_of_smtp() -> None:
    received = b"Received: from x (x [IPv6:2001:db8::7]) by y\r\nX-Campaign: spring\r\n\r\n"
    assert told(received, "X-Campaign").source == "2001:db8::7"
