"""Diagnostics: status and code in free text, and what may be an address."""

from __future__ import annotations

import pytest

from probe.returned_mail.diagnostic import MAX_TEXT, is_general, is_plausible, outranks, parse_diagnostic


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("550 5.1.1 User unknown", "5.1.1", 550),
        ("host mx said: 452-4.2.2 over quota", "4.2.2", 452),
        ("Status 5.7.1: refused", "5.7.1", None),
        ("smtp; 554 no", None, 554),
        ("waited 300 s, then the server said 451 later", None, 451),
        ("version 5.1.1.2", None, None),
        ("no reason given", None, None),
        ("554 4.4.7 Message expired after 840 minutes <421 4.4.2 Connection timed out>", "4.4.2", 421),
        ("550 4.4.7 Message expired", "4.4.7", 550),
    ],
)
def test_status_and_code_are_found_where_a_server_gives_them(text: str, status: str | None, code: int | None) -> None:
    found = parse_diagnostic(text)
    assert (found.status, found.code) == (status, code)


def test_the_text_is_kept_on_one_line_of_limited_length() -> None:
    assert parse_diagnostic("550 5.1.1\r\n  User\tunknown").text == "550 5.1.1 User unknown"
    assert len(parse_diagnostic("x" * 5000).text) == MAX_TEXT


@pytest.mark.parametrize("address", ["ann@acme.example", "änne@acme.example", '"ann..b"@acme.example'])
def test_an_address_is_plausible_beyond_ascii_and_with_a_quoted_local_part(address: str) -> None:
    assert is_plausible(address)


@pytest.mark.parametrize("text", ["ann", "@acme.example", "ann@", "ann..b@acme.example", f"{'a' * 90}@acme.example"])
def test_what_is_not_an_address_is_not_plausible(text: str) -> None:
    assert not is_plausible(text)


def test_a_general_status_says_no_more_than_its_class() -> None:
    assert is_general(None)
    assert is_general("5.0.0")
    assert not is_general("5.1.1")


@pytest.mark.parametrize(
    ("stated", "said", "counts"),
    [
        ("5.1.1", "5.7.1", True),
        ("5.1.1", "5.2.2", True),
        ("5.1.0", "5.1.1", True),
        ("5.0.0", "5.1.1", True),
        (None, "5.1.1", True),
        ("4.4.7", "4.7.1", True),
        ("4.5.0", "5.5.0", True),
        ("5.1.1", None, False),
        ("5.1.1", "5.0.0", False),
        ("5.4.7", "4.2.2", False),
        ("5.2.2", "5.1.1", False),
        ("5.7.1", "5.1.10", False),
    ],
)
def test_the_servers_status_counts_more_unless_it_makes_an_address_unknown(
    stated: str | None,
    said: str | None,
    counts: bool,  # noqa: FBT001
) -> None:
    assert outranks(said, stated) is counts
