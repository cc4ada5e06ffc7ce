"""Laws of mbox files: every message comes back as it was written, and no octets break the reader."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from probe.intake.reading.mbox import messages

FROM = b"From MAILER-DAEMON Tue Mar  3 09:00:13 2026\n"
LINES = st.sampled_from([
    b"hello", b"", b"From ", b"From here on", b">From there", b"From ann@acme.example", FROM.strip(),
    b">" + FROM.strip(), b"Subject: inner", b"--b", b"Content-Length: 12", b"From - Tue Mar 03 09:00:13 2026",
    b"\x00\xff",
])  # fmt: skip
"""The end of a MIME part is missing: it would show that a message goes on after a line that begins one."""
HEADERS = st.sampled_from([
    b"Subject: a\n", b"Content-Type: multipart/report; boundary=b\n", b"X-Mozilla-Status: 0001\nTo: ann@acme.example\n",
])  # fmt: skip
MAILS = st.builds(
    lambda header, lines: header + b"\n" + b"\n".join(lines) + b"\n", HEADERS, st.lists(LINES, max_size=8)
)


def read(octets: bytes) -> list[bytes]:
    return list(messages(octets.splitlines(keepends=True), 10_000))


@given(st.lists(MAILS, max_size=6))
def test_messages_of_an_mboxrd_come_back_as_they_were(mails: list[bytes]) -> None:
    written = b"".join(FROM + re.sub(rb"^(>*From )", rb">\1", mail, flags=re.MULTILINE) + b"\n" for mail in mails)
    assert read(written) == [mail + b"\n" for mail in mails]


@given(MAILS)
def test_a_single_mail_comes_back_as_it_was(mail: bytes) -> None:
    assert read(mail) == [mail]


@given(st.lists(LINES | st.binary(max_size=40), max_size=12))
def test_any_lines_are_read_to_their_end(lines: list[bytes]) -> None:
    octets = b"\n".join(lines)
    assert sum(map(len, read(octets))) <= len(octets)
