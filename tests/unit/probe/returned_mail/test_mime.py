"""Parsing untrusted mail: parts, header fields, the attached original, and limits."""

from __future__ import annotations

from textwrap import dedent

import pytest

from probe.returned_mail.mime import MAX_LINE, MAX_PARTS, first_text, one_line, parse_mail

REPORT = dedent("""\
    Subject: =?utf-8?q?R=C3=BCckl=C3=A4ufer?=
    subject: second
    Content-Type: multipart/report; boundary=b

    --b
    Content-Type: text/plain; charset=iso-8859-1
    Content-Transfer-Encoding: quoted-printable

    Zur=FCck
    --b
    Content-Type: message/delivery-status

    Final-Recipient: rfc822;ann@acme.example
    --b
    Content-Type: message/rfc822

    Message-ID: <1@sender.example>
    Content-Type: text/plain

    Dear Ann
    --b--
    """).encode()


def test_parts_of_the_mail_and_of_attached_messages_are_kept_apart() -> None:
    mail = parse_mail(REPORT)
    assert mail.type == "multipart/report"
    assert [(part.type, part.text.strip()) for part in mail.parts] == [
        ("text/plain", "Zurück"),
        ("text/delivery-status", "Final-Recipient: rfc822;ann@acme.example"),
    ]
    assert [part.text.strip() for part in mail.enclosed] == ["Dear Ann"]
    assert "Message-ID: <1@sender.example>\n" in mail.original


def test_the_first_field_of_a_name_counts_decoded() -> None:
    assert parse_mail(REPORT).header["subject"] == "Rückläufer"


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("windows-1252", "Grüße".encode("cp1252"), "Grüße"),
        ("no-such-charset", "Grüße".encode(), "Grüße"),
        ("punycode", "Grüße".encode("latin-1"), "Grüße"),
    ],
)
def test_text_is_decoded_by_a_charset_of_mail_else_as_utf_8_else_as_latin_1(
    charset: str, octets: bytes, text: str
) -> None:
    mail = parse_mail(f"Content-Type: text/plain; charset={charset}\n\n".encode() + octets)
    assert mail.parts[0].text == text


def test_what_is_not_mime_is_one_text() -> None:
    mail = parse_mail(b"Content-Type: multipart/mixed; boundary=b\n" * 1200 + b"\nHello" + b"\n" * 1200)
    assert [part.type for part in mail.parts] == ["text/plain"]
    assert mail.parts[0].text.startswith("Hello")


def test_parts_and_lines_are_limited() -> None:
    head = b"Content-Type: multipart/mixed; boundary=b\n\n"
    assert len(parse_mail(head + b"--b\n\nx\n" * (3 * MAX_PARTS)).parts) <= MAX_PARTS
    (part,) = parse_mail(b"Subject: x\n\n" + b"word " * MAX_LINE).parts
    assert part.text.endswith("word")
    assert len(part.text) <= MAX_LINE


def test_a_mail_of_endless_parts_is_one_text() -> None:
    mail = parse_mail(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_001)
    assert [part.type for part in mail.parts] == ["text/plain"]


def test_a_text_is_put_on_one_line_without_control_characters() -> None:
    assert one_line("one\r\n\ttwo\x1b[31m  three\0") == "one two [31m three"


def test_an_encoded_word_of_broken_base64_stays_as_written() -> None:
    assert parse_mail(b"Subject: =?utf-8?B?YWJjZ?=\n\n").header["subject"] == "=?utf-8?B?YWJjZ?="


def test_the_first_text_of_a_mail_is_decoded_and_not_cut() -> None:
    assert first_text(REPORT).strip() == "Zurück"
    long = "x" * (MAX_LINE + 1)
    assert first_text(f"Subject: a\n\n{long}\n".encode()) == f"{long}\n"
    assert first_text(b"") == first_text(b"Content-Type: multipart/mixed; boundary=b\n\n" * 2_000) == ""


def test_blank_lines_above_the_header_are_left_out() -> None:
    assert parse_mail(b"\n   \r\n\nReceived: x\nFrom: a@acme.example\n\nHi\n").header["from"] == "a@acme.example"
    assert parse_mail(b"\nNote: this is text\n").header == {}
