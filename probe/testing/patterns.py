"""Patterns by which a test selects addresses, subjects and messages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from fake_gateways.policies.message_parts import dissect


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text, ignoring case; ``*`` matches any text, all else only itself."""
    return _wildcard(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _wildcard(pattern: str) -> Any:
    return re2.compile("(?is)" + ".*".join(map(re2.escape, pattern.split("*"))))


def contains(content: bytes, expression: Any) -> bool:
    """Whether a compiled expression is found in a message's raw header or in one of its decoded parts."""
    header = content.partition(b"\r\n\r\n")[0].decode("latin-1")
    parts = dissect(content)
    texts = (header, parts.subject, parts.words, parts.markup, parts.links, parts.attachments)
    return any(expression.search(text) is not None for text in texts)
