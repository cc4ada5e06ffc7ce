"""The row for one attempt of the sender: the reply it got, or the network failure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class Failure(StrEnum):
    """Why there is no reply."""

    NO_ROUTE = "no-route"
    """The DNS says that the domain has no mail exchanger (or null MX, RFC 7505)."""
    NO_ANSWER = "no-answer"
    """The nameserver did not answer."""
    UNREACHABLE = "unreachable"
    """No server accepts connections at the exchanger's address."""
    TIMED_OUT = "timed-out"
    LINE_CUT = "line-cut"
    GARBAGE = "garbage"
    """What came back is not SMTP."""
    NO_TLS = "no-tls"
    """The sender requires TLS, and the server does not offer it."""
    IN_DOUBT = "in-doubt"
    """The run was killed during a transaction with a real server: the message is not sent again."""


class Outcome(StrEnum):
    """The outcome of an attempt by the reply's class (RFC 5321 section 4.2.1), or a failure."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    DEFERRED = "deferred"
    FAILED = "failed"


class Attempt(NamedTuple):
    """One attempt to deliver to one recipient, as the sender saw it.

    ``seq`` numbers the attempts of a ``lane``. ``number`` counts the rounds of attempts; in each round every exchanger
    may be tried. ``at`` is in seconds since the epoch, ``duration_s`` in seconds on the run's clock. ``message`` is the
    file that was sent. ``mx`` is the exchanger's name, ``mx_address`` its IP address. ``stage`` is where the deciding
    reply came. An attempt that failed before MAIL is joined with the gateway's decision by ``local_port``. The port and
    the duration are not part of the books' hash.
    """

    lane: str
    seq: int
    at: float
    duration_s: float
    number: int
    campaign: str
    message: str
    message_id: str
    return_path: str
    recipient: str
    mx: str
    mx_address: str
    local_address: str
    local_port: int
    tls: bool
    stage: str
    outcome: str
    code: int | None
    enhanced: str | None
    text: str
    failure: str | None
    connection: int
    position: int
    greeting: str


def reply_line(code: int | None, enhanced: str | None, text: str) -> str:
    """Return a reply on one line. A log may repeat code and status in the text; they are said once."""
    words = " ".join(text.split())
    for said in filter(None, (str(code or ""), enhanced)):
        words = re.sub(rf"^{re.escape(said)}(?:[ -]|$)", "", words)
    return " ".join(filter(None, (str(code or ""), enhanced, words)))
