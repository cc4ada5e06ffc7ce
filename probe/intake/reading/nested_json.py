"""Finds objects within texts: in lines of logs, within texts of JSON, in forms, percent-encoded, in base64, packed."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote_plus

from probe.intake.reading.printed_objects import as_json

_MOST: Final = 10_000_000
"""The most characters of a text that is searched."""
_TRIES: Final = 50
"""Places in a text that look like the start of JSON but are not; the rest is not searched."""
_UNPACKED: Final = 16 * 1024 * 1024
"""The most octets that gzip may unpack to; a record of AWS holds fewer."""
_START: Final = re.compile(r'[{\[]\s*+["{\[]|"(?:\\++")?[{\[]\s*+[{\[]?\s*+\\++"')
"""An object or array, or a text that holds one."""
_PERCENT: Final = re.compile(r"(?:%5[Bb])?%7[Bb](?:%0[AaDd]|%20|\+)*%22[^\s&\"'<>]*+")
_FORM: Final = re.compile(r"(?<![^\s\"'])[\w.%+-]++=[^\s&\"'<>]*+(?:&[\w.%+-]++=[^\s&\"'<>]*+)++")
"""A form as browsers post it: ``event=bounced&recipient=ann%40a.example``."""
_ANY_BASE64: Final = re.compile(r"[A-Za-z0-9+/_=\s-]++")
_BASE64: Final = re.compile(r"(?:eyJ|eyA|W3s|WyB|ewo|ewk|ew0|Wwo|H4sI)[A-Za-z0-9+/_=-]{20,}+")
"""Starts of base64 for an object or array, or for gzip, as AWS passes records and events of logs on."""
_DECODER: Final = json.JSONDecoder()


class Unread(NamedTuple):
    """Stands for the part of a text that was not searched, and says why."""

    reason: str


def inside(text: str) -> Iterator[object]:
    """Yield the objects and arrays that a text holds, or Unread. They may hold more of them in their own texts.

    A form is an object if it names an event.
    """
    if len(text) > _MOST:
        yield Unread(f"a text of more than {_MOST:,} characters")
        return
    if "event=" in text and "&" in text:
        forms = [dict(parse_qsl(found[0], keep_blank_values=True)) for found in _FORM.finditer(text)]
        if events := [form for form in forms if "event" in form]:
            yield from events
            return
    if "%7B" in text or "%7b" in text:
        for found in _PERCENT.finditer(text):
            yield from _plain(unquote_plus(found[0]))
    if "{" in text or "[" in text:
        values = list(_plain(text))
        # Arrays within an object of another notation may be JSON, so only objects tell.
        if not any(map(_holds_an_object, values)):
            values = [each for each in values if isinstance(each, Unread)]
            rewritten = list(_plain(as_json(text)))
            values = rewritten if any(map(_holds_an_object, rewritten)) else values or rewritten
        yield from values
    elif (packed := _BASE64.fullmatch(text.strip())) is not None:
        unpacked = _decoded(packed[0])
        yield from (unpacked,) if isinstance(unpacked, Unread) else _plain(unpacked)


def from_base64(text: str) -> str | Unread:
    """Return what a text in base64 says; the text itself if it is not in base64."""
    return _decoded(text) if len(text) <= _MOST and _ANY_BASE64.fullmatch(text) else text


def _holds_an_object(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_holds_an_object, value)))


def _plain(text: str) -> Iterator[object]:
    place = failed = 0
    while (start := _START.search(text, place)) is not None:
        if failed == _TRIES:
            yield Unread(f"the text has more than {_TRIES} brackets that start no JSON; the rest was not read")
            return
        try:
            value, place = _DECODER.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            place = start.end()
            failed += 1
            continue
        if isinstance(value, str):
            yield from _plain(value)
        else:
            yield value


def _decoded(text: str) -> str | Unread:
    """Return the text in base64, unpacked if it is gzip; "" if it is neither."""
    try:
        octets = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
        if octets.startswith(b"\x1f\x8b"):
            octets = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(octets, _UNPACKED + 1)
            if len(octets) > _UNPACKED:
                return Unread(f"gzip that unpacks to more than {_UNPACKED:,} octets")
        return octets.decode("utf-8", "replace")
    except (binascii.Error, zlib.error, ValueError):
        return ""
