"""Patterns by which a test selects addresses, subjects and messages."""

from __future__ import annotations

import pytest

from fake_gateways.policies.content import compiled
from fake_gateways.strict import InvalidValueError
from probe.testing.patterns import contains, matches, matches_any, read_addresses


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("a+b@x.example", "a+b@x.example", True),
        ("a+b@x.example", "aab@x.example", False),
        ("*@X.example", "ann@x.EXAMPLE", True),
        ("ann@*", "joann@x.example", False),
        ("*ü*", "Grüße\nan alle", True),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_an_asterisk_matches_any_text_and_all_else_only_itself(pattern: str, text: str, is_match: bool) -> None:  # noqa: FBT001 - a parameter
    assert matches(pattern, text) is is_match


def test_an_expression_is_searched_in_the_header_and_in_decoded_parts() -> None:
    header = b"Subject: =?utf-8?q?R=C3=A9union?=\r\nX-Job: spring\r\nContent-Transfer-Encoding: base64\r\n"
    content = header + b"\r\nUGxlYXNlIHBheQ=="
    for pattern in ("réunion", "x-job: spring", "please pay"):
        assert contains(content, compiled(pattern)), pattern
    assert not contains(content, compiled("UGxlYXNl"))


def test_what_is_not_a_message_is_searched_all_the_same() -> None:
    assert contains(b"\xff\x00 invoice", compiled("INVOICE"))
    assert not contains(b"", compiled("invoice"))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("ann@x.example", ["ann@x.example"]),
        ("x.example", ["x.example"]),
        ("@x.example", ["@x.example"]),
        ("*@*.x.example", ["*@*.x.example"]),
        ("Ann (home) <ann@x.example>", ["ann@x.example"]),
        ('"B, Ann; \\"A\\"" <ann@x.example>; bob@x.example,', ["ann@x.example", "bob@x.example"]),
        ('"odd, user"@x.example', ['"odd, user"@x.example']),
        ("RFC822;ann@x.example", ["ann@x.example"]),
        (["a@x.example, b@x.example", "<@y.example>"], ["a@x.example", "b@x.example", "@y.example"]),
        ("postmaster", ["postmaster"]),
        ("x.example.", ["x.example"]),
        ("", [""]),
        ("<>", [""]),
    ],
)
def test_addresses_are_read_as_people_write_them(given: str | list[str], found: list[str]) -> None:
    assert list(read_addresses(given)) == found


@pytest.mark.parametrize(
    "given", ["a b", " ", ",", "ann@", "ann@x@y", "ann@x.example (Ann)", ["x.example", ""][:0], [3]]
)
def test_what_is_not_an_address_is_a_mistake(given: str | list[str]) -> None:
    with pytest.raises(InvalidValueError):
        read_addresses(given)


@pytest.mark.parametrize(
    ("pattern", "address", "is_match"),
    [
        ("x.example", "Ann@X.example", True),
        ("@x.example", "ann@x.example", True),
        ("x.example", "ann@y.x.example", False),
        ("*.x.example", "ann@y.x.example", True),
        ("ann@x.example", "joann@x.example", False),
        ("müller.example", "ann@xn--mller-kva.example", True),
        ("ann@xn--mller-kva.example", "ann@müller.example", True),
        ("ü@" + "ü" * 70, "ann@x.example", False),
        ("postmaster", "postmaster", True),
        ("", "", True),
        ("", "ann@x.example", False),
        ("x.example", "", False),
        ("*", "", True),
    ],
)
def test_a_pattern_matches_an_address_or_its_domain(pattern: str, address: str, is_match: bool) -> None:  # noqa: FBT001 - a parameter
    assert matches_any(["nobody@z.example", pattern], address) is is_match


def test_endless_space_and_quotation_marks_are_looked_through_once() -> None:
    assert read_addresses(f"ann@x.example,{' ' * 200_000}mailto:bob@x.example") == ("ann@x.example", "bob@x.example")
    with pytest.raises(InvalidValueError, match="is not an address"):
        read_addresses('"' + '\\"' * 100_000)


def test_a_pattern_that_is_too_large_for_an_automaton_matches_and_says_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    name = "\u00e9\u00e8" * 8_000
    assert matches(f"*{name}", f"ann@{name}")
    assert capfd.readouterr() == ("", "")
