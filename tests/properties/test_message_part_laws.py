"""Messages read piece by piece are read as a whole: the same words and links, whatever stands between the pieces."""

from __future__ import annotations

import html
import re
from typing import Final

from fast_mail_parser import parse_email
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.policies.message_parts import dissect

LINK: Final = re.compile(r"https?://[^\s<>\"')]+", re.IGNORECASE)
TAG: Final = re.compile(r"<[^<>]*>")
BITS: Final = st.sampled_from([
    "<", ">", "<p", "</p>", "<br>", "&", "&amp;", "&lt", "&gt;", ";", "#", "&#10;", "&#x3e;", "&#62", '"', "'", ")",
    "http", "HTTPS", "https", "http\u017f", ":", "/", "://", "http://a.example/", "x", "ann@acme.example", "free",
    " ", "\t", "\n", "\r\n", ">\r\n", ">\n", "\n\n", "\r", "\u00a0", "\u2028", "\x1c", "\u00e4",
])  # fmt: skip
TEXTS: Final = st.lists(BITS, max_size=40).map("".join)


def message(plain: str, markup: str) -> bytes:
    """Return a message of two texts."""
    return (
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=cut\r\n\r\n"
        f"--cut\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{plain}\r\n"
        f"--cut\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{markup}\r\n"
        "--cut--\r\n"
    ).encode()


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3), TEXTS)
def test_what_messages_have_in_common_is_read_as_in_each_of_them_alone(
    personal: list[tuple[str, str]], common: str
) -> None:
    for before, after in personal:
        content = message(before + common + after, after + common + before)
        mail = parse_email(content)
        plain, markup = "\n".join(mail.text_plain), "\n".join(mail.text_html)
        parts = dissect(content)
        seen = html.unescape(TAG.sub(" ", markup))
        assert parts.words == "\n".join(" ".join(text.split()) for text in (plain, seen))
        assert parts.links == "\n".join(LINK.findall(plain) + LINK.findall(html.unescape(markup)))
        assert parts.markup == markup
