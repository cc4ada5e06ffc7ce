"""Finds the reply that a server gave, as it was, in an event of a log."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from probe.intake.event import Event
from probe.intake.reading.quoted import parse_reply

_TYPE: Final = re.compile(r"^\s*(?:smtp|x-[a-z0-9-]{1,30})\s*;\s*", re.IGNORECASE)
"""The type of a diagnostic (RFC 3464 section 2.3.6)."""


class SaidReply(NamedTuple):
    """A reply: code, the enhanced status at its start, None if it had none there, and the text behind them."""

    code: int
    enhanced: str | None
    text: str


def quoted_reply(event: Event) -> SaidReply:
    """Return the reply of an event. A status that the server did not give, or gave within its text, is not added.

    If no server replied, as the sending system refused on its own, the code is made from the status.
    """
    code = event.code or (500 if event.enhanced is None else int(event.enhanced[0]) * 100 + 50)
    text = event.text
    for each in (text, _TYPE.sub("", text, count=1)):
        whole = parse_reply(each)
        if whole.code == code:  # the text has the whole reply
            return SaidReply(code, whole.enhanced, whole.text)
    rest = parse_reply(f"{code} {text}")
    if rest.enhanced is not None:
        return SaidReply(code, rest.enhanced, rest.text)
    said = event.code is None or not (event.is_own_status or _is_within(event.enhanced, text))
    fits = event.enhanced is not None and event.enhanced[0] == str(code)[0]
    return SaidReply(code, event.enhanced if said and fits else None, text)


def _is_within(status: str | None, text: str) -> bool:
    return status is not None and re.search(rf"(?<![\d.]){re.escape(status)}(?![\d.]*\d)", text) is not None
