"""Reads TOML that may come from a stranger: nested only so deep, with numbers of 64 bits as the format wants them."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

_DEEPEST: Final = 100
_DOTS: Final = re.compile(rf"""(?<![\w."'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_DEEPEST}}}""")
"""A dotted key of many parts. ``tomllib`` takes quadratic time for one."""
_INTEGERS: Final = range(-(2**63), 2**63)


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table of a TOML text; raises ValueError, a TOMLDecodeError for what is not valid."""
    if found := _DOTS.search(text):
        raise ValueError(f"a key has more than {_DEEPEST} parts (at line {text.count(chr(10), 0, found.start()) + 1})")
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except ValueError as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise
        raise ValueError(_TOO_LARGE) from None  # Python converts no integer of more than 4,300 digits
    _check(table)
    return table


_TOO_DEEP: Final = f"it is nested more than {_DEEPEST} deep"
_TOO_LARGE: Final = "an integer has more than 64 bits"


def _check(table: dict[str, Any]) -> None:
    """Raise ValueError for what is nested too deep and for integers that are too large."""
    level: list[Any] = [table]
    for _ in range(_DEEPEST):
        found: list[Any] = []
        for each in level:
            found += each.values() if isinstance(each, dict) else each
        if any(type(each) is int and each not in _INTEGERS for each in found):
            raise ValueError(_TOO_LARGE)
        level = [each for each in found if isinstance(each, dict | list)]
        if not level:
            return
    raise ValueError(_TOO_DEEP)
