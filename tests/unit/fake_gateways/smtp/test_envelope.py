"""Addresses of the envelope (RFC 5321 2.3.11, 4.5.5)."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.envelope import NULL_RETURN_PATH, Envelope, domain_of


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("anna@Northwind.Example", "northwind.example"),
        ('"a@b"@northwind.example', "northwind.example"),
        ("anna@[127.0.0.1]", "[127.0.0.1]"),
        ("postmaster", ""),
        (NULL_RETURN_PATH, ""),
    ],
)
def test_the_domain_is_what_follows_the_last_at_in_lower_case(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_envelopes_do_not_share_their_recipients() -> None:
    first, second = Envelope(), Envelope()
    first.recipients.append("anna@northwind.example")
    assert second.recipients == []
    assert second.return_path == NULL_RETURN_PATH
