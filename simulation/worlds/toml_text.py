"""Writes a document as TOML. It takes a tenth of tomlkit's time, which would be most of that of a world."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(document: Mapping[str, Any]) -> str:
    """Return the text of a document of tables, lists, texts, numbers and moments."""
    return "\n".join(_lines(document, "")).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield a table: first its own values, then the tables in it, each under its header."""
    below = {key: value for key, value in table.items() if _has_headers(value)}
    yield from (f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in below)
    for key, value in below.items():
        name = f"{path}{_key(key)}"
        tables, header = ([value], f"[{name}]") if isinstance(value, Mapping) else (value, f"[[{name}]]")
        for each in tables:
            yield from ("", header, *_lines(each, f"{name}."))


def _has_headers(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return str(value).lower()
