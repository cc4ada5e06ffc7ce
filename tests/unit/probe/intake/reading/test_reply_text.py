"""Code and enhanced status are found in a reply's text where a server said them, and nowhere else."""

from __future__ import annotations

import pytest

from probe.intake.reading.reply_text import ReplyCodes, code_of, enhanced_of, reply_codes


@pytest.mark.parametrize(
    ("text", "code", "enhanced"),
    [
        ("550 5.1.1 no such user", 550, "5.1.1"),
        ("550-5.1.1 no such user\n550 5.1.1 at all", 550, "5.1.1"),
        ("smtp; 550 5.1.1 no such user", 550, "5.1.1"),
        ("smtp;550 5.1.1 no such user", 550, "5.1.1"),
        ("SMTP; 421-4.7.0 later", 421, "4.7.0"),
        ("x-unix; 5.2.2 full", None, "5.2.2"),
        ("250 2.0.0 OK", 250, "2.0.0"),
        ("250 OK", 250, None),
        ("250", 250, None),
        ("550 no such user (#5.1.1)", 550, "5.1.1"),
        ("550 #5.1.0 rejected", 550, "5.1.0"),
        ("554 5.7.1 [internal] suppressed", 554, "5.7.1"),
        ("host mx.a.example[192.0.2.1] said: 550 5.1.1 gone (in reply to RCPT TO command)", 550, "5.1.1"),
        ("host mx.a.example[192.0.2.1] said: 550-gone 5.1.1", 550, "5.1.1"),
        ("The server answered 452 4.2.2 full", 452, "4.2.2"),
        ("550 blocked, see 4.2.1", 550, None),
        ("550 192.0.2.1 is blocked, and 5.10.20.30 too", 550, None),
        ("550 from 5.6.7.8", 550, None),
        ("connect to 203.0.113.250: connection refused", None, None),
        ("no answer in 550 seconds", None, None),
        ("5 messages", None, None),
        ("5501 blocked", None, None),
        ("999 blocked", None, None),
        ("550.1", None, None),
        ("", None, None),
    ],
)
def test_a_reply_is_found_in_a_text(text: str, code: int | None, enhanced: str | None) -> None:
    assert reply_codes(text) == ReplyCodes(code, enhanced)


def test_fields_are_asked_where_the_text_is_silent() -> None:
    assert reply_codes("gone", 550, "5.1.1") == ReplyCodes(550, "5.1.1", is_own=True)
    assert reply_codes("550 5.1.1 gone", "554", "5.0.0") == ReplyCodes(550, "5.1.1")
    assert reply_codes("550 gone", None, "5.0.0") == ReplyCodes(550, "5.0.0", is_own=True)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (550, 550),
        ("550", 550),
        (" 421 ", 421),
        (605, None),
        (0, None),
        (True, None),
        (550.0, None),
        ([], None),
        ("", None),
    ],
)
def test_a_code_is_a_number_a_server_may_say(value: object, code: int | None) -> None:
    assert code_of(value) == code


@pytest.mark.parametrize(
    ("value", "enhanced"),
    [
        ("5.1.1", "5.1.1"),
        (" 4.4.7 ", "4.4.7"),
        ("5.01.1", None),
        ("3.0.0", None),
        (5.1, None),
        (None, None),
        ("", None),
    ],
)
def test_a_status_is_one_of_rfc_3463(value: object, enhanced: str | None) -> None:
    assert enhanced_of(value) == enhanced
