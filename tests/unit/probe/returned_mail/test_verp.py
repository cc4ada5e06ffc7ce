"""VERP both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.returned_mail.verp import Delimiters, decode, decode_any, encode

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


@pytest.mark.parametrize(
    ("path", "campaign"),
    [
        ("news+ann=acme.example@b.example", "news"),
        ("bounces-17-ann=acme.example@b.example", "bounces-17"),
        ("news-owner-ann=acme.example@b.example", "news-owner"),
        ("news-return-2024-ann=acme.example@b.example", "news-return-2024"),
        ("bounce+ab12cd.34-ann=acme.example@b.example", "bounce+ab12cd.34"),
        ("bounces+1234567-ab12-ann=acme.example@b.example", "bounces+1234567-ab12"),
        ("bounce-mc.us5_1234.567-ann=acme.example@b.example", "bounce-mc.us5_1234.567"),
        ("news-owner+ann==acme.example@b.example", "news-owner"),
    ],
)
def test_the_forms_of_other_senders_are_known(path: str, campaign: str) -> None:
    assert decode_any(path) == (campaign, "ann@acme.example")


@pytest.mark.parametrize(
    "foreign",
    ["prvs=0123456789=ann@b.example", "SRS0=Ab1=XY=acme.example=a@b.example", "SRS0+Ab1=XY=acme.example=a@b.example",
     "msprvs1=17-ann=acme.example@b.example", "btv1==0123==ann@b.example", "bounces@b.example", "a=b@b.example",
     "news+ann=acme@b.example", "=acme.example@b.example", "-ann=acme.example", ""],
)  # fmt: skip
def test_what_is_signed_rewritten_or_plain_names_nobody(foreign: str) -> None:
    assert decode_any(foreign) is None


def test_a_known_address_tells_where_a_name_with_hyphens_begins() -> None:
    path = "spring-sale-ann-marie=acme.example@b.example"
    assert decode_any(path, known={"ann-marie@acme.example"}) == ("spring-sale", "ann-marie@acme.example")
    assert decode_any("bounces-ann-marie=acme.example@b.example") == ("bounces", "ann-marie@acme.example")


def test_delimiters_may_be_the_senders_own() -> None:
    assert decode_any("news#ann%acme.example@b.example", Delimiters("#", "%")) == ("news", "ann@acme.example")
    assert decode_any("news+ann=acme.example@b.example", Delimiters("-", "=")) is None


@given(campaigns, st.from_regex(r"[a-z][a-z0-9.+-]{0,20}[a-z]", fullmatch=True), domains, domains)
def test_our_own_form_is_decoded_alike(campaign: str, local: str, domain: str, bounces: str) -> None:
    path = encode(campaign, f"{local}@{domain}", bounces)
    found = decode_any(path, known={f"{local}@{domain}".lower()})
    assert found is None or found[1] == f"{local}@{domain}"


@given(st.text(max_size=60))
def test_any_text_is_decoded_to_none_or_to_an_address(text: str) -> None:
    found = decode_any(text)
    assert found is None or (found[0] and all(found[1].rpartition("@")))
