"""Finds objects within texts: in lines of logs, within texts of JSON, percent-encoded, in base64 and packed."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_plus

from probe.intake.reading.printed_objects import as_json

_MOST: Final = 10_000_000
"""The most characters of a text that is searched."""
_TRIES: Final = 50
"""Places in a text where JSON may start; the rest is not searched."""
_RATIO: Final = 50
"""How many times as much gzip may unpack to; events pack far worse."""
_START: Final = re.compile(r'[{\[]\s*+["{\[]|"(?:\\++")?[{\[]\s*+[{\[]?\s*+\\++"')
"""An object or array, or a text that holds one."""
_PERCENT: Final = re.compile(r"(?:%5[Bb])?%7[Bb](?:%0[AaDd]|%20|\+)*%22[^\s&\"'<>]*+")
_BASE64: Final = re.compile(r"(?:eyJ|eyA|W3s|WyB|ewo|ewk|ew0|Wwo|H4sI)[A-Za-z0-9+/_=-]{20,}+")
"""Starts of base64 for an object or array, or for gzip, as AWS passes records and events of logs on."""
_DECODER: Final = json.JSONDecoder()


def inside(text: str) -> Iterator[object]:
    """Yield the objects and arrays that a text holds. They may hold more of them in their own texts."""
    if len(text) > _MOST:
        return
    if "%7B" in text or "%7b" in text:
        for found in _PERCENT.finditer(text):
            yield from _plain(unquote_plus(found[0]))
    if "{" in text or "[" in text:
        values = list(_plain(text))
        # Arrays within an object of another notation may be JSON, so only objects tell.
        yield from values if any(map(_holds_an_object, values)) else _plain(as_json(text))
    elif (packed := _BASE64.fullmatch(text.strip())) is not None:
        yield from _plain(_decoded(packed[0]))


def _holds_an_object(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_holds_an_object, value)))


def _plain(text: str) -> Iterator[object]:
    place = 0
    for _ in range(_TRIES):
        start = _START.search(text, place)
        if start is None:
            return
        try:
            value, place = _DECODER.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            place = start.end()
            continue
        if isinstance(value, str):
            yield from _plain(value)
        else:
            yield value


def _decoded(text: str) -> str:
    """Return the text in base64, unpacked if it is gzip; "" if it is neither."""
    try:
        octets = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
        if octets.startswith(b"\x1f\x8b"):
            octets = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(octets, _RATIO * len(octets))
        return octets.decode("utf-8", "replace")
    except (binascii.Error, zlib.error, ValueError):
        return ""
