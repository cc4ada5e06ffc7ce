"""How a test names addresses, subjects and messages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from fake_gateways.policies.message_parts import dissect


def fits(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern says, in any case: ``*`` stands for anything, all else for itself."""
    return _wildcard(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _wildcard(pattern: str) -> Any:
    return re2.compile("(?is)" + ".*".join(map(re2.escape, pattern.split("*"))))


def holds(content: bytes, expression: Any) -> bool:
    """Whether a compiled expression is found in a message: its header as it is, or any of its decoded parts."""
    header = content.partition(b"\r\n\r\n")[0].decode("latin-1")
    parts = dissect(content)
    texts = (header, parts.subject, parts.words, parts.markup, parts.links, parts.attachments)
    return any(expression.search(text) is not None for text in texts)
