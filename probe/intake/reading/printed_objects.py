"""Rewrites objects as JSON that servers and programs print in other notations: nginx, Ruby on Rails, Python."""

from __future__ import annotations

import json
import re
from typing import Final

_ESCAPED: Final = re.compile(r"\\x([0-9A-Fa-f]{2})")
_TOKEN: Final = re.compile(
    # A text that is not closed reaches to the end, so that it is read once.
    r'(?P<double>"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|\'(?P<single>(?:[^\'\\]++|\\.)*+)(?:\'|\\?\Z)'
    r"|(?P<arrow>\s*=>)|\b(?P<name>None|nil|True|False)\b",
    re.DOTALL,
)
_NAMES: Final = {"None": "null", "nil": "null", "True": "true", "False": "false"}


def is_printed(text: str) -> bool:
    """Whether a text may hold an object in another notation."""
    return '"=>' in text or "{'" in text or "\\x22" in text


def as_json(text: str) -> str:
    r"""Return a text with the objects in it as JSON, "" if it holds none in another notation.

    nginx writes quotes as ``\x22``, Ruby ``"event"=>"bounce"`` and ``nil``, Python single quotes and ``None``.
    """
    if "\\x22" in text:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if is_printed(text):
        return _TOKEN.sub(_rewritten, text)
    return ""


def _rewritten(token: re.Match[str]) -> str:
    if token["double"]:
        return token["double"]
    if token["arrow"]:
        return ":"
    if token["name"]:
        return _NAMES[token["name"]]
    return json.dumps(re.sub(r"\\(.)", r"\1", token["single"]))
