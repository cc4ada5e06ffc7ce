"""What the owner of the From domain asks for, and whether the mail is his."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, PEER, LoneGateway, policy

from fake_gateways.dns.zone import World
from fake_gateways.policies.dmarc import discover, from_domain, organizational_domain
from fake_gateways.verdict import Question


def world(record: str, *, at: str = "_dmarc.messenger.example") -> World:
    made = World()
    made.add(at, "TXT", f'"{record}"')
    for name in ("messenger.example", "bounce.messenger.example", "elsewhere.example"):
        made.add(name, "TXT", '"v=spf1 ip4:127.10.0.1 -all"')
    return made


def fate(
    record: str,
    *,
    peer: str = PEER,
    sender: str = "messenger.example",
    author: str = "messenger.example",
    at: str = "_dmarc.messenger.example",
) -> str:
    lone = LoneGateway("exchange-online", policies=[policy("dmarc")], world=world(record, at=at))
    content = b"From: News <news@" + author.encode() + b">\r\nSubject: Minutes\r\n\r\nAs agreed.\r\n"
    lone.call(peer).deliver(ALICE, content=content, return_path=f"bounce@{sender}")
    return str(lone.truths[-1].fate)


STRANGER = "127.10.0.2"


@pytest.mark.parametrize(("asked", "became"), [("reject", "refused"), ("quarantine", "junk"), ("none", "inbox")])
def test_the_owner_says_what_is_done_with_mail_that_is_not_his(asked: str, became: str) -> None:
    assert fate(f"v=DMARC1; p={asked}", peer=STRANGER) == became
    assert fate(f"v=DMARC1; p={asked}") == "inbox"


def test_a_domain_that_passes_has_to_be_the_authors() -> None:
    assert fate("v=DMARC1; p=reject", sender="elsewhere.example") == "refused"


@pytest.mark.parametrize(("mode", "became"), [("r", "inbox"), ("s", "refused")])
def test_names_agree_loosely_or_strictly(mode: str, became: str) -> None:
    assert fate(f"v=DMARC1; p=reject; aspf={mode}", sender="bounce.messenger.example") == became


@pytest.mark.parametrize(
    ("record", "became"), [("v=DMARC1; p=reject", "refused"), ("v=DMARC1; p=reject; sp=none", "inbox")]
)
def test_a_subdomain_falls_back_to_its_organization(record: str, became: str) -> None:
    assert fate(record, peer=STRANGER, author="mail.messenger.example") == became


@pytest.mark.parametrize(
    "record",
    [
        "v=DMARC1; p=reject; pct=many",
        "v=DMARC1; p=reject; pct=101",
        "v=DMARC1; p=reject; rua",
        "v=DMARC1;; p=reject; rua=mailto:a@messenger.example;mailto:b@messenger.example; = ;",
        "v=DMARC1; p=reject; p=none; aspf=x; sp=perhaps; t=yes; a=b=c",
        "v = DMARC1 ; p = reject",
        "V=DMARC1;P=Reject",
        " v=DMARC1; sp=none; p=reject;",
    ],
)
def test_what_follows_version_and_policy_does_not_discard_them(record: str) -> None:
    """RFC 7489 section 6.3; white space and the case of letters are free (section 6.4)."""
    assert fate(record, peer=STRANGER) == "refused"


@pytest.mark.parametrize(
    "record",
    [
        "v=DMARC1",
        "v=DMARC1; p=maybe",
        "p=reject",
        "p=reject; v=DMARC1",
        "v=DMARC1; p",
        "v=dmarc1; p=reject",
        "v=DMARC12; p=reject",
        "v=DMARC1 p=reject",
        "v",
        "",
    ],
)
def test_a_record_without_readable_version_and_policy_asks_for_nothing(record: str) -> None:
    assert fate(record, peer=STRANGER) == "inbox"


def test_two_records_are_none() -> None:
    names = world("v=DMARC1; p=reject")
    names.add("_dmarc.messenger.example", "TXT", '"v=DMARC1; p=quarantine"')

    def ask(domain: str) -> object:
        return discover(domain, lambda name, kind: names.answer(Question(name, kind), 0.0))

    assert ask("messenger.example") is None
    names.add("_dmarc.news.messenger.example", "TXT", '"v=DMARC1; p=reject"', '"v=DMARC1; p=none"')
    assert ask("news.messenger.example") is None


def test_whoever_is_not_among_the_percent_meets_the_next_milder_policy() -> None:
    assert fate("v=DMARC1; p=reject; pct=0", peer=STRANGER) == "junk"
    assert fate("v=DMARC1; p=quarantine; pct=0", peer=STRANGER) == "inbox"


@pytest.mark.parametrize(
    ("header", "domain"),
    [
        (b"From: News <news@Messenger.example>", "messenger.example"),
        (b"Subject: x\r\nfrom: news@messenger.example", "messenger.example"),
        (b"From: News\r\n <news@messenger.example>", "messenger.example"),
        (b"From: a@one.example, b@two.example", ""),
        (b"From: a@one.example\r\nFrom: b@two.example", ""),
        (b"Subject: x", ""),
        (b"From: nobody", ""),
        (b"From: " + b"group:" * 1_000 + b"a@one.example", ""),
        (b"From: " + b"(" * 5_000 + b"a@one.example", ""),
        (b"From: a@one.example" + b" " * 10_000, ""),
    ],
    ids=lambda value: value[:40],
)
def test_there_is_one_author_or_nobody(header: bytes, domain: str) -> None:
    assert from_domain(header + b"\r\n\r\nFrom: c@three.example\r\n") == domain


@pytest.mark.parametrize(
    ("domain", "organization"),
    [
        ("mail.acme.example", "acme.example"),
        ("a.b.acme.example", "acme.example"),
        ("www.acme.co.uk", "acme.co.uk"),
        ("acme.com", "acme.com"),
    ],
)
def test_the_organization_is_whoever_registered_the_domain(domain: str, organization: str) -> None:
    assert organizational_domain(domain) == organization
