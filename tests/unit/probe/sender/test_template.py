"""Message bytes: what a template becomes for one recipient, and how it goes over the wire."""

from __future__ import annotations

import email
from email import policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.input_error import InputError
from probe.sender.template import MAX_OCTETS, Template, read

AT = 1_772_438_400.0
ID = "<news.0@mta1.sender.example>"
HEAD = f"To: <ann@a.example>\r\nDate: Mon, 02 Mar 2026 08:00:00 +0000\r\nMessage-ID: {ID}\r\n".encode()
FROM = b"From: news@sender.example\r\n"


def rendered(octets: bytes, **fields: str) -> bytes:
    """Return a message for Ann."""
    return Template(octets, "m.eml").render(fields, to="<ann@a.example>", message_id=ID, at=AT)


@pytest.mark.parametrize(
    "line_end", [pytest.param(b"\n", id="LF"), pytest.param(b"\r", id="CR"), pytest.param(b"\r\n", id="CRLF")]
)
def test_line_ends_become_crlf(line_end: bytes) -> None:
    octets = line_end.join([b"From: news@sender.example", b"Subject: Hello", b"", b"one", b"", b"two", b""])
    assert rendered(octets) == HEAD + FROM + b"Subject: Hello\r\n\r\none\r\n\r\ntwo\r\n"


def test_mixed_line_ends_become_crlf_each() -> None:
    assert rendered(b"From: a@b.example\n\r\none\rtwo\nthree\r\n").endswith(b"\r\n\r\none\r\ntwo\r\nthree\r\n")


def test_fields_are_filled_in_header_and_body() -> None:
    octets = FROM + b"Subject: {{given_name}}, news\r\n\r\nHello {{ given_name }}, {{email}}! {{given_name}}\r\n"
    message = rendered(octets, given_name="Ann", email="ann@a.example")
    assert message == HEAD + FROM + b"Subject: Ann, news\r\n\r\nHello Ann, ann@a.example! Ann\r\n"


def test_a_field_nobody_gave_is_left_empty_and_what_is_no_field_stays() -> None:
    message = rendered(FROM + b"\r\n[{{since}}] {{ }} {x} {{1}}\r\n")
    assert message.endswith(b"\r\n\r\n[] {{ }} {x} {{1}}\r\n")


def test_a_value_that_looks_like_a_field_is_not_filled_in_again() -> None:
    assert rendered(FROM + b"\r\n{{a}}\r\n", a="{{b}}", b="x").endswith(b"{{b}}\r\n")


@pytest.mark.parametrize(
    ("at", "date"),
    [
        (AT + 0.9, "Mon, 02 Mar 2026 08:00:00 +0000"),
        (AT + 1, "Mon, 02 Mar 2026 08:00:01 +0000"),
        (AT + 0.9999998, "Mon, 02 Mar 2026 08:00:01 +0000"),
        (AT + 3599, "Mon, 02 Mar 2026 08:59:59 +0000"),
        (AT + 3600, "Mon, 02 Mar 2026 09:00:00 +0000"),
        (0.0, "Thu, 01 Jan 1970 00:00:00 +0000"),
    ],
)
def test_the_date_is_the_whole_second_of_the_time_in_microseconds(at: float, date: str) -> None:
    message = Template(FROM + b"\r\n", "m.eml").render({}, to="<ann@a.example>", message_id=ID, at=at)
    assert email.message_from_bytes(message)["Date"] == date


def test_a_template_names_its_fields() -> None:
    template = Template(FROM + b"Subject: {{given_name}}\r\n\r\n{{email}} {{given_name}}\r\n", "m.eml")
    assert template.fields == {"given_name", "email"}


@pytest.mark.parametrize(
    "value", ["x\r\nBcc: y@b.example", "x\nBcc: y", "x\rBcc: y", "x\r\n\r\nbody", "x\u2028y", "\n"]
)
def test_a_merge_field_cannot_begin_a_header_of_its_own(value: str) -> None:
    message = rendered(FROM + b"Subject: {{name}}\r\n\r\nbody\r\n", name=value)
    header, _, body = message.partition(b"\r\n\r\n")
    assert body == b"body\r\n"
    assert [line.partition(b":")[0] for line in header.split(b"\r\n")] == [
        b"To", b"Date", b"Message-ID", b"From", b"Subject",
    ]  # fmt: skip


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_merge_value_whatsoever_adds_a_line(one: str, two: str) -> None:
    octets = FROM + b"Subject: {{one}}\r\n\r\n{{two}}\r\n"
    plain, filled = rendered(octets), rendered(octets, one=one, two=two)
    assert filled.count(b"\r") == filled.count(b"\n") == filled.count(b"\r\n") == plain.count(b"\r\n")


@pytest.mark.parametrize("name", ["To", "Date", "Message-ID", "Bcc", "Return-Path", "MESSAGE-id", "to"])
def test_headers_that_are_the_senders_to_write_are_replaced(name: str) -> None:
    folded = f"{name}: old,\r\n old too\r\n\tand this\r\n".encode()
    octets = folded + FROM + folded + b"Subject: Hello\r\n\r\nTo: stays in the body\r\n"
    assert rendered(octets) == HEAD + FROM + b"Subject: Hello\r\n\r\nTo: stays in the body\r\n"


def test_headers_whose_names_only_begin_alike_and_folded_lines_stay() -> None:
    kept = b"X-To: a\r\nTo-Do: b\r\nDate-Sent: c\r\nSubject: d\r\n To: e\r\n"
    assert rendered(FROM + kept + b"\r\n") == HEAD + FROM + kept + b"\r\n"


def test_the_rendered_message_is_one_that_the_email_package_reads_without_defects() -> None:
    message = email.message_from_bytes(
        rendered(FROM + b"Subject: {{name}}\r\n\r\nHello\r\n", name="Ann"), policy=policy.default
    )
    assert not message.defects
    assert (message["To"], message["Subject"], message["Message-ID"]) == ("ann@a.example", "Ann", ID)
    assert message["Date"].datetime.timestamp() == AT


@pytest.mark.parametrize(
    ("octets", "problem", "remedy"),
    [
        (b"", "has no message header", "begin with lines such as Subject:, then an empty line"),
        (b"Hello\r\n\r\nAnn\r\n", "has no message header", "begin with lines such as Subject:, then an empty line"),
        (FROM, "has no message header", "begin with lines such as Subject:, then an empty line"),
        (b" From: a\r\n\r\n", "has no message header", "begin with lines such as Subject:, then an empty line"),
        (b"Subject: x\r\n\r\nFrom: body\r\n", "has no From: header", "add one"),
        (b"Subject: x\r\n From: folded\r\n\r\n", "has no From: header", "add one"),
        (b"To: x\r\n\r\n", "has no From: header", "add one"),
        (
            FROM + b"\r\n" + b"x" * 999 + b"\r\n",
            "has a line of 999 octets; 998 is the limit",
            "wrap or encode the line",
        ),
        (
            FROM + b"Subject: " + b"x" * 1191 + b"\r\n\r\n",
            "has a line of 1,200 octets; 998 is the limit",
            "wrap or encode the line",
        ),
    ],
)
def test_a_file_that_is_no_message_is_told(octets: bytes, problem: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        Template(octets, "campaign[0].message: m.eml")
    assert str(caught.value) == f"campaign[0].message: m.eml: {problem}; {remedy}"


def test_a_line_of_998_octets_is_within_the_limit() -> None:
    # RFC 5322 section 2.1.1: 998 characters, excluding the CRLF.
    assert rendered(FROM + b"\r\n" + b"x" * 998 + b"\r\n").endswith(b"x\r\n")


def test_a_message_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_bytes(FROM + b"\r\nHello\r\n")
    assert b"".join(read(path, "place").pieces) == FROM + b"\r\nHello\r\n"


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (None, "place: {path} cannot be read (No such file or directory); check the file name"),
        (
            b"Hello",
            "place: m.eml: has no message header; begin with lines such as Subject:, then an empty line",
        ),
        (b"\n" * (MAX_OCTETS + 1), "place: {path} cannot be read (it has more than 50 MiB); check the file name"),
    ],
)
def test_a_message_file_that_cannot_be_used_is_told(octets: bytes | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    if octets is not None:
        path.write_bytes(octets)
    with pytest.raises(InputError) as caught:
        read(path, "place")
    assert str(caught.value) == sentence.format(path=path)


MULTIPART = (
    FROM
    + b"Subject: {{name}}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nPlain {{name}}\r\n"
    + b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b'<p class=3D"x">Html {{name}}</p>\r\n--b--\r\n'
)


@pytest.mark.parametrize("name", ["Ann", "J\u00f6rg", "a=b", "=20", "\u65e5\u672c\u8a9e " * 20])
def test_a_value_reads_the_same_in_a_header_in_plain_text_and_in_quoted_printable(name: str) -> None:
    message = email.message_from_bytes(rendered(MULTIPART, name=name), policy=policy.default)
    plain, html = message.iter_parts()
    name = name.strip()
    assert message["Subject"] == name
    assert plain.get_content().split(" ", 1)[1].strip() == name
    assert html.get_content().strip() == f'<p class="x">Html {name}</p>'


def test_thousands_of_merge_fields_are_each_written_in_their_own_encoding() -> None:
    fields = b"".join(b"{{f%d}} {{f%d}}\r\n" % (number, number) for number in range(30_000))
    template = Template(FROM + b"\r\n" + fields, "m.eml")
    assert (len(template.fields), len(template.pieces)) == (30_000, 120_001)
    assert template.render({"f29999": "x"}, to="ann@acme.example", message_id="<1>", at=0.0).endswith(b"\r\nx x\r\n")
