"""Addresses are found in what other systems write into an address field."""

from __future__ import annotations

import time

import pytest

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.reading.addresses import addressed, addresses, plain

ANN = "ann@acme.example"


@pytest.mark.parametrize(
    "text",
    [
        ANN,
        f"<{ANN}>",
        f" < {ANN} > ",
        f"Ann Berg <{ANN}>",
        f'"Ann Berg" <{ANN}>',
        f'"Berg, Ann (bob@other.example)" <{ANN}>',
        f"Berg, Ann <{ANN}>",
        f"bob@other.example <{ANN}>",
        f"'{ANN}' <{ANN}>",
        f"'{ANN}'",
        f"=?UTF-8?Q?Ann=2C_bob@other.example?= <{ANN}>",
        f"{ANN} (Ann Berg)",
        f"(Ann) {ANN}",
        f"mailto:{ANN}",
        f"<mailto:{ANN}>",
        "mailto:ann%40acme.example?subject=stop%20it",
        f"Ann Berg [mailto:{ANN}]",
        f"SMTP:{ANN}",
        f"rfc822;{ANN}",
        f"<@relay.example,@other.example:{ANN}>",
        f"{ANN}.",
        f"{ANN}, Ann <{ANN}>",
        f"Readers: {ANN};",
        f'"{ANN}"',
        f"\u200b{ANN}\ufeff",
        f"mailto:{ANN}?cc=bob@acme.example",
    ],
)
def test_the_address_is_found_in_any_spelling(text: str) -> None:
    assert addresses(text) == [ANN]


@pytest.mark.parametrize(
    "address",
    [
        '"ryan."@acme.example',
        '"ann b"@acme.example',
        '"a\\"b"@acme.example',
        '"<bob@other.example>"@acme.example',
        "ryan.@acme.example",
        "o'hara@acme.example",
        "ann+news=x@acme.example",
        "ann@[192.0.2.1]",
        "ann@[IPv6:2001:db8::1]",
        "ann@localhost",
        "jürgen@müller.example",
        "bounces+1-ann=acme.example@mail.example",
    ],
)
def test_unusual_addresses_are_kept_with_and_without_brackets(address: str) -> None:
    assert addresses(address) == [address]
    assert addresses(f'"Ann, B." <{address}>') == [address]


def test_lists_are_taken_apart() -> None:
    text = f'Ann <{ANN}>, "Costa, Bob" <bob@acme.example>; carl@acme.example'
    assert addresses(text) == [ANN, "bob@acme.example", "carl@acme.example"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "postmaster",
        "<>",
        "ann b@acme.example",
        "ann@",
        "@acme.example",
        "|/bin/false",
        "ann@acme..example",
        "ann@a.example@b.example",
        '"' * 5000,
    ],
)
def test_what_is_no_address_holds_none(text: str) -> None:
    assert addresses(text) == []


@pytest.mark.parametrize("piece", ['"', "(", "<", "a", "a@", '"\\', "=?a?q?", "a@b ", "'a@b' <", "a.", "["])
def test_hostile_texts_take_linear_time(piece: str) -> None:
    began = time.monotonic()
    addresses(piece * (1_000_000 // len(piece)))
    assert time.monotonic() - began < 2.0


def test_events_have_one_address_each() -> None:
    event = Event(EventKind.REFUSED, f"Ann <{ANN}>, bob@acme.example", return_path="News <news@shop.example>")
    bad = BadLine(2, "no event")
    unknown = Event(EventKind.REFUSED, "postmaster")
    assert list(addressed([event, bad, unknown])) == [
        event._replace(recipient=ANN, return_path="news@shop.example"),
        event._replace(recipient="bob@acme.example", return_path="news@shop.example"),
        bad,
        unknown,
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (ANN, ANN),
        ('"ryan."@acme.example', "ryan_2e@acme.example"),
        ("ryan..b@acme.example", "ryan_2e.b@acme.example"),
        ('"ann b"@acme.example', "ann_20b@acme.example"),
        ('"a\\"b"@acme.example', "a_22b@acme.example"),
        ("jürgen@müller.example", "j_fcrgen@xn--mller-kva.example"),
        ("postmaster", "postmaster"),
        ("not an address", "not an address"),
        (f"ann@{'ü' * 70}.example", f"ann@{'ü' * 70}.example"),
    ],
)
def test_an_address_has_a_plain_form_for_lists(address: str, expected: str) -> None:
    assert plain(address) == expected
