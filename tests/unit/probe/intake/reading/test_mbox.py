"""Messages in an mbox by mboxo, mboxrd, mboxcl and mboxcl2 rules (RFC 4155), and single mails."""

from __future__ import annotations

import pytest

from probe.intake.reading.mbox import is_field, messages

FROM = b"From MAILER-DAEMON Tue Mar  3 09:00:13 2026\n"
ONE = b"Subject: one\n\nfirst\n\n"
TWO = b"Subject: two\n\nsecond\n"


def read(octets: bytes, at_most: int = 10_000) -> list[bytes]:
    return list(messages(octets.splitlines(keepends=True), at_most))


@pytest.mark.parametrize(
    "line",
    [
        "From MAILER-DAEMON Tue Mar  3 09:00:13 2026",
        "From - Tue Mar 03 09:00:13 2026",
        "From ???@??? Tue Mar 03 09:00:13 2026",
        "From ann@acme.example Tue Mar  3 09:00 2026",
        "From ann@acme.example Tue Mar  3 09:00:13 CET 2026",
        "From ann@acme.example Tue Mar  3 09:00:13 MET DST 2026",
        "From 1799@xxx Tue Mar 03 09:00:13 +0000 2026",
        "From ann@acme.example Tue Mar  3 09:00:13 2026 remote from mx1",
        "From ann@acme.example Tue, 03 Mar 2026 09:00:13 +0100 (CET)",
        "From ann@acme.example 3 Mar 2026 09:00:13 GMT",
        "From ann@acme.example 2026-03-03T09:00:13Z",
        "From ann at acme.example  Tue Mar  3 09:00:13 2026",
        'From "ann b"@acme.example Tue Mar  3 09:00:13 2026',
        "From  Tue Mar  3 09:00:13 2026",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_with_sender_and_date_begins_a_message_however_a_program_writes_it(line: str, end: str) -> None:
    begins = f"{line}{end}".encode()
    first, second = read(begins + ONE + begins + TWO)
    assert (first.strip(), second.strip()) == (ONE.strip(), TWO.strip())
    assert len(read(FROM + ONE.strip() + b"\n" + begins + TWO)) == 2


@pytest.mark.parametrize(
    "line",
    [
        "From now on we are open on Sundays.",
        "From Tuesday March 3 at 09:00 to 2026",
        "From: the team",
        "From ann@acme.example",
        "From what I wrote on Tue Mar  3 09:00:13 2026",
        "From ann@acme.example Tue Mar  3 09:00:13 2026, who asked",
    ],
)
@pytest.mark.parametrize("below", ["and more", "Note: also on Mondays"])
def test_a_line_of_the_text_divides_no_message(line: str, below: str) -> None:
    text = f"Subject: one\n\nfirst\n\n{line}\n{below}\n".encode()
    assert read(FROM + text + b"\n" + FROM + TWO) == [text + b"\n", TWO]


def test_a_sender_and_a_date_without_a_header_below_divide_no_message() -> None:
    assert len(read(FROM + ONE + FROM + b"he wrote again\n")) == 1


def test_a_program_that_writes_no_date_is_followed_where_a_blank_line_stands_above() -> None:
    begins = b"From ann@acme.example\n"
    assert read(begins + ONE + begins + TWO) == [ONE, TWO]
    text = ONE.strip() + b"\nFrom here on\nNote: all is new\n"
    assert read(begins + text) == [text]


@pytest.mark.parametrize(
    ("kept", "was"),
    [(b">From here", b"From here"), (b">>From here", b">From here"), (b"> From here", b"> From here")],
)
def test_quoted_lines_of_the_text_are_as_they_were(kept: bytes, was: bytes) -> None:
    assert read(FROM + b"Subject: one\n\n" + kept + b"\n") == [b"Subject: one\n\n" + was + b"\n"]


def test_a_single_mail_is_never_divided_and_never_unquoted() -> None:
    mail = ONE + FROM + b">From here on\n" + TWO
    assert read(mail) == [mail]


@pytest.mark.parametrize(
    "above", [b"\n\r\n", b">From ann@acme.example Tue Mar  3 09:00:13 2026 remote from mx\n", FROM]
)
def test_what_stands_above_a_header_is_left_out(above: bytes) -> None:
    assert read(above + ONE) == [ONE]


def test_the_octets_of_apple_mail_say_where_a_mail_ends() -> None:
    assert read(b"%d      \n" % len(ONE) + ONE + b'<?xml version="1.0"?>\n<plist/>\n') == [ONE]
    assert read(b"12345\nno mail\n") == []


def test_a_report_encloses_a_message_with_its_own_first_line() -> None:
    report = (
        b'Content-Type: multipart/report;\n boundary="one"\n\n--one\nContent-Type: message/rfc822\n\n'
        + FROM
        + b"Subject: news\n\nhello\n--one--\n\n"
    )
    assert read(FROM + report + FROM + TWO) == [report, TWO]


def test_a_report_that_was_cut_takes_no_other_with_it() -> None:
    cut = b"Content-Type: multipart/report; boundary=one\n\n--one\n\nhello\n\n"
    whole = cut + b"--one--\n\n"
    assert read(FROM + cut + FROM + whole + FROM + TWO) == [cut, whole, TWO]


@pytest.mark.parametrize("blank", [b"", b"\n", b"\r\n"])
def test_the_content_length_says_where_a_message_ends_if_a_message_begins_there(blank: bytes) -> None:
    body = b"hello\n\n" + FROM + b"Subject: news\n\nquoted\n"
    mail = b"Content-Length: %d\n\n" % len(body) + body + blank
    assert read(FROM + mail + FROM + TWO) == [mail, TWO]
    wrong = mail.replace(b"Length: ", b"Length: 9")
    assert len(read(FROM + wrong + FROM + TWO)) == 3


def test_a_message_is_read_up_to_a_limit() -> None:
    long = b"Subject: one\n\n" + b"x\n" * 500
    first, second = read(FROM + long + FROM + TWO, at_most=200)
    assert len(first) <= 202
    assert second == TWO
    assert len(read(long, at_most=200)[0]) <= 200


@pytest.mark.parametrize(
    "text", [b"", b"\n\n", b"Mar  2 08:00:01 mta1 postfix/smtp[1]: x\n", b'{"Type": "Bounce"}\n', b"a,b\n"]
)
def test_other_files_hold_no_message(text: bytes) -> None:
    assert read(text) == []


def test_a_header_field_is_told_from_other_lines() -> None:
    assert all(is_field(line) for line in (b"Subject: a\n", b"X_a.b:\n", b">From a\n"))
    assert not any(is_field(line) for line in (b"C:\\mail\n", b" a: b\n", b"a b: c\n"))
