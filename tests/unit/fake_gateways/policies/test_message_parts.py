"""What a content filter sees of a message."""

from __future__ import annotations

import base64

import pytest
from fast_mail_parser import parse_email

from fake_gateways.policies import message_parts
from fake_gateways.policies.message_parts import MAX_OCTETS, dissect

HEAD = b"From: a@b.example\r\nMIME-Version: 1.0\r\n"


def mail(*headers: bytes, body: bytes) -> bytes:
    return HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"Subject: Minutes", "Minutes"),
        (b"Subject: =?utf-8?q?caf=C3=A9?=", "café"),
        (b"Subject: =?iso-8859-1?q?caf=E9?=", "café"),
        (b"Subject: =?utf-8?b?" + base64.b64encode("Grüße".encode()) + b"?=", "Grüße"),
        (b"X-Other: none", ""),
    ],
)
def test_the_subject_is_decoded(header: bytes, subject: str) -> None:
    assert dissect(mail(header, body=b"hello\r\n")).subject == subject


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ([], b"plain words\r\n", "plain words"),
        ([b"Content-Type: text/plain; charset=utf-8"], "größer\r\n".encode(), "größer"),
        ([b"Content-Type: text/plain; charset=iso-8859-1"], b"gr\xf6\xdfer\r\n", "größer"),
        (
            [b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: base64"],
            base64.b64encode(b"hidden words\r\n") + b"\r\n",
            "hidden words",
        ),
        (
            [b"Content-Type: text/plain", b"Content-Transfer-Encoding: quoted-printable"],
            b"hidden =\r\nwor=64s\r\n",
            "hidden words",
        ),
        ([b"Content-Type: text/html"], b"<p>a<b>b</b> &amp; c</p>\r\n", "& c"),
    ],
)
def test_words_are_what_a_reader_sees(headers: list[bytes], body: bytes, text: str) -> None:
    words = dissect(mail(*headers, body=body)).words
    assert text in words
    assert "<" not in words


def test_a_page_is_kept_as_markup_and_its_links_are_found() -> None:
    page = b'<a href="https://a.example/?x=1&amp;utm_source=y">here</a><img width="1">\r\n'
    parts = dissect(mail(b"Content-Type: text/html; charset=utf-8", body=page))
    assert '<img width="1">' in parts.markup
    assert parts.links.splitlines() == ["https://a.example/?x=1&utm_source=y"]
    assert "here" in parts.words


def test_links_of_plain_text_end_at_blanks_and_brackets() -> None:
    parts = dissect(mail(body=b"see <https://a.example/one> (HTTP://B.example/two) ftp://c.example\r\n"))
    assert parts.links.splitlines() == ["https://a.example/one", "HTTP://B.example/two"]
    assert parts.markup == ""


def multipart(*parts: bytes) -> bytes:
    body = b"".join(b"--frontier\r\n" + part + b"\r\n" for part in parts) + b"--frontier--\r\n"
    return mail(b'Content-Type: multipart/mixed; boundary="frontier"', body=body)


def test_every_part_of_a_multipart_is_seen_and_attachments_by_name_alone() -> None:
    parts = dissect(
        multipart(
            b"Content-Type: text/plain\r\n\r\nfirst words",
            b"Content-Type: text/html\r\n\r\n<i>second words</i>",
            b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=run.exe\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"third words"),
        )
    )
    assert "first words" in parts.words
    assert "second words" in parts.words
    assert "third words" not in parts.words
    assert parts.attachments.splitlines() == ["run.exe"]


@pytest.mark.parametrize(
    "content", [b"", b"\r\n", b"\r\n\r\n", b"\0", b"no header at all\r\n", b"\xff\xfe\r\n\r\n\xff"]
)
def test_what_is_hardly_a_message_is_read_as_well_as_it_goes(content: bytes) -> None:
    parts = dissect(content)
    assert (parts.attachments, parts.markup) == ("", "")


def test_what_lies_beyond_the_limit_is_passed_over() -> None:
    head = mail(body=b"")
    inside = head + b"x" * (MAX_OCTETS - len(head) - len(b"lottery"))
    assert "lottery" in dissect(inside + b"lottery\r\n").words
    assert "lottery" not in dissect(inside + b"x lottery\r\n").words


@pytest.mark.parametrize("words", [b"=?utf-8?q?a?= ", b"=?", b"=?a?q?"])
@pytest.mark.parametrize("field", [b"Subject: ", b"X-A: ", b'Content-Disposition: attachment; filename="'])
def test_the_parser_gets_no_line_of_endless_encoded_words(
    field: bytes, words: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would look for the end of each of them: half a megabyte takes ten seconds.
    given: list[bytes] = []
    monkeypatch.setattr(message_parts, "parse_email", lambda content: given.append(content) or parse_email(content))
    dissect(field + words * 100_000 + b"\r\n\r\nhttp://a.example/?b=?c\r\n")
    assert max(line.count(b"=?") for line in given[0].split(b"\n")) <= 100


def test_links_and_subjects_of_usual_length_are_left_alone() -> None:
    page = b"<p>" + b"x" * 3_000 + b'<a href="http://a.example/?b=?c">'
    parts = dissect(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: text/html\r\n\r\n" + page)
    assert (parts.subject, parts.links) == ("Grüße", "http://a.example/?b=?c")
