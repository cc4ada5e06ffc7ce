"""Patterns by which a test selects addresses, subjects and messages."""

from __future__ import annotations

import pytest

from fake_gateways.policies.content import compiled
from probe.testing.patterns import contains, matches


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
