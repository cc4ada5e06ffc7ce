"""Links, attachments and paragraphs of a message are found, and can be left out."""

from __future__ import annotations

from email import message_from_bytes

from probe.diagnose.message_parts import Kind, parts_of, without_parts

MESSAGE = (
    b"From: a@b.example\r\nSubject: Last\r\n chance\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n'
    b"\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b'<p>One <a href="https://x.example/a">x</a></p><p>Two</p><img src="https://x.example/o.gif">\r\n'
    b"<p>Three, https://x.example/a</p>\r\n"
    b'--b\r\nContent-Type: application/pdf; name="form.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQ\r\n'
    b"--b\r\nContent-Type: text/plain; name=b.txt\r\n\r\nhi\r\n--b--\r\n"
)


def test_the_parts_are_found() -> None:
    assert [(part.kind, part.text) for part in parts_of(MESSAGE)] == [
        (Kind.SUBJECT, "Last chance"),
        (Kind.LINK, "https://x.example/a"),
        (Kind.LINK, "https://x.example/o.gif"),
        (Kind.PARAGRAPH, "One x"),
        (Kind.PARAGRAPH, "Two"),
        (Kind.PARAGRAPH, '<img src="https://x.example/o.gif">'),
        (Kind.PARAGRAPH, "Three, https://x.example/a"),
        (Kind.ATTACHMENT, "form.pdf"),
        (Kind.ATTACHMENT, "b.txt"),
    ]


def test_plain_text_has_paragraphs() -> None:
    found = parts_of(b"Subject: Hi\r\n\r\nHello,\r\n\r\nthis is\r\na text\r\n\r\nBye\r\n")
    assert [part.text for part in found] == ["Hi", "Hello,", "this is a text", "Bye"]


def test_a_link_goes_wherever_it_is() -> None:
    left = without_parts(MESSAGE, {1})
    assert b"x.example/a" not in left
    assert b"x.example/o.gif" in left


def test_parts_that_overlap_can_go_together() -> None:
    left = without_parts(MESSAGE, {0, 1, 3, 8})
    assert b"One" not in left
    assert [part.text for part in parts_of(left)] == [
        "https://x.example/o.gif",
        "Two",
        '<img src="https://x.example/o.gif">',
        "Three,",
        "form.pdf",
    ]


def test_what_is_left_is_a_message() -> None:
    numbers = range(len(parts_of(MESSAGE)))
    for number in numbers:
        assert not message_from_bytes(without_parts(MESSAGE, {number})).defects
    assert without_parts(MESSAGE, set()) == MESSAGE
    assert b"<p>" not in without_parts(MESSAGE, set(numbers))


def test_a_long_text_is_shortened_and_a_bare_header_has_no_paragraphs() -> None:
    assert parts_of(b"Subject: " + b"x" * 200 + b"\r\n\r\n")[0].text == "x" * 77 + "..."
    assert parts_of(b"Subject: x") == (parts_of(b"Subject: x\r\n\r\n"))


def test_paragraphs_without_an_end_are_found_soon() -> None:
    ended = b"Subject: x\r\n\r\n<p>One</p>"
    assert [each.text for each in parts_of(ended + b"<p class=a>Two<li>Three")][1:] == [
        "One",
        "p class=a>Two",
        "li>Three",
    ]
    for tag in (b"<p", b"<p>", b"<img "):
        assert len(parts_of(ended + tag * 100_000)) == 256
