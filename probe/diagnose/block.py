"""Whether a reply says that the gateway blocks us, and for how long."""

from __future__ import annotations

import re
from typing import Final

from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage
from fake_gateways.truth import Cause
from probe.diagnose.reply_kind import said_cause
from probe.sender.transaction import Result

_BLOCK_S: Final = 3600.0
"""How long a block lasts of which no time is said: most limits are by the hour."""
_LONGEST_S: Final = 86_400.0
_BLOCKS: Final = frozenset({Cause.IP_REPUTATION, Cause.VELOCITY, Cause.DIRECTORY_HARVEST})
_BLOCKED: Final = re.compile(r"\b(?:block|black-?list|deny-?list|bann?)(?:s|ed|ing)?\b", re.IGNORECASE)
"""Before DATA these words are about the client; after it they may be about the message."""
_TIME: Final = re.compile(r"\b([0-9]{1,6})\s*(s|sec|second|min|minute|h|hr|hour)s?\b", re.IGNORECASE)
_SECONDS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0}


def blocked_for_s(result: Result, recipient: str) -> float | None:
    """Return for how long a reply says that it blocks us, in seconds; None if it does not speak of that."""
    reply = result.reply
    if reply is None or reply.accepts:
        return None
    is_of_client = result.stage in BEFORE_RCPT | {Stage.RCPT} and _BLOCKED.search(reply.text)
    if not is_of_client and said_cause(result, recipient) not in _BLOCKS:
        return None
    found = _TIME.search(reply.text)
    return _BLOCK_S if found is None else min(int(found[1]) * _SECONDS[found[2][0].lower()], _LONGEST_S)
