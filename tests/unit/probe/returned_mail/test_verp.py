"""VERP both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.returned_mail.verp import decode, encode

# RFC 5321 4.1.2, RFC 5322 3.2.3: what a local part may hold without quotes; "+" and "=" are VERP's own signs.
ATEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~."
local_parts = st.text(ATEXT, min_size=1, max_size=64) | st.text("+=a", min_size=1, max_size=8)
domains = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,8}){1,2}", fullmatch=True)
campaigns = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?", fullmatch=True)


@given(campaigns, local_parts, domains, domains)
def test_what_was_encoded_is_decoded_to_campaign_and_recipient(
    campaign: str, local: str, domain: str, bounces: str
) -> None:
    assert decode(encode(campaign, f"{local}@{domain}", bounces)) == (campaign, f"{local}@{domain}")


@given(campaigns, st.lists(local_parts, min_size=2, max_size=8, unique=True), domains, domains)
def test_no_two_recipients_share_a_return_path(campaign: str, locals_: list[str], domain: str, bounces: str) -> None:
    paths = {encode(campaign, f"{local}@{domain}", bounces) for local in locals_}
    assert len(paths) == len(locals_)


@pytest.mark.parametrize(
    ("recipient", "path"),
    [
        ("ann@acme.example", "news+ann=acme.example@b.example"),
        ("ann+lists@acme.example", "news+ann+lists=acme.example@b.example"),
        ("a=b@acme.example", "news+a=b=acme.example@b.example"),
        ("+=+@acme.example", "news++=+=acme.example@b.example"),
    ],
)
def test_the_form_is_the_one_of_qmail_and_postfix(recipient: str, path: str) -> None:
    assert encode("news", recipient, "b.example") == path
    assert decode(path) == ("news", recipient)


@pytest.mark.parametrize(
    "foreign",
    [
        "",  # the null return-path of RFC 5321 4.5.5
        "postmaster",
        "bounces@b.example",
        "ann+lists@acme.example",
        "news=ann@b.example",
        "+ann=acme.example@b.example",
        "news+=acme.example@b.example",
        "news+ann=@b.example",
        "news+ann=acme.example",
        "@b.example",
    ],
)
def test_an_address_that_is_no_verp_is_decoded_to_none(foreign: str) -> None:
    assert decode(foreign) is None


@given(st.text(max_size=60))
def test_any_text_is_decoded_to_none_or_to_a_campaign_and_an_address(text: str) -> None:
    found = decode(text)
    if found is not None:
        campaign, recipient = found
        assert campaign
        assert all(recipient.rpartition("@"))
