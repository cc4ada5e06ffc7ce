"""A reply on one line."""

from __future__ import annotations

import pytest

from probe.records.attempt import reply_line


@pytest.mark.parametrize(
    ("code", "enhanced", "text", "line"),
    [
        (550, "5.1.1", "no such user", "550 5.1.1 no such user"),
        (550, "5.1.1", "550 5.1.1 no such\r\nuser", "550 5.1.1 no such user"),
        (550, "5.1.1", "550-5.1.1 no such user", "550 5.1.1 no such user"),
        (550, "5.1.1", "5.1.1 no such user", "550 5.1.1 no such user"),
        (550, "5.1.0", "550 #5.1.0 Address rejected.", "550 5.1.0 #5.1.0 Address rejected."),
        (550, None, "5500 mailboxes", "550 5500 mailboxes"),
        (550, None, "550", "550"),
        (None, None, "", ""),
    ],
)
def test_code_and_status_are_said_once(code: int | None, enhanced: str | None, text: str, line: str) -> None:
    assert reply_line(code, enhanced, text) == line
