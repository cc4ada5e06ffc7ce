"""Rows of the two books with everything filled in, for tests that care about a column or two."""

from __future__ import annotations

from typing import Any, Final

from fake_gateways.truth import Truth
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Probe
from probe.returned_mail import verp as return_path

STARTS: Final = 1_772_438_400.0
"""2026-03-02T08:00:00Z."""

_TRUTH: Final = Truth(
    gateway="acme",
    host="mx.acme.example",
    address="127.1.0.1",
    seq=1,
    at=STARTS,
    session=1,
    transaction=1,
    stage="end-of-data",
    peer_address="127.10.0.1",
    peer_port=1025,
    helo="mta1.sender.example",
    return_path="",
    recipient="ann@acme.example",
    message_id="<news.0@mta1.sender.example>",
    mailbox="present",
    cause=None,
    claimed=None,
    honest=True,
    fate="inbox",
    code=250,
    enhanced=None,
    text="ok",
    policy=None,
)
_ATTEMPT: Final = Attempt(
    lane="acme",
    seq=1,
    at=STARTS,
    duration_s=0.24,
    number=1,
    campaign="news",
    message="news.eml",
    message_id="<news.0@mta1.sender.example>",
    return_path="",
    recipient="ann@acme.example",
    mx="mx.acme.example",
    mx_address="127.1.0.1",
    local_address="127.10.0.1",
    local_port=1025,
    tls=False,
    stage="end-of-data",
    outcome="delivered",
    code=250,
    enhanced=None,
    text="ok",
    failure=None,
    connection=1,
    position=1,
    greeting="mx.acme.example ESMTP",
)


def verp(recipient: str) -> str:
    """Return the return-path of a recipient of the campaign ``news``."""
    return return_path.encode("news", recipient, "bounce.sender.example")


def truth(**columns: Any) -> Truth:
    """Return a decision of gateway ``acme``: ``ann``'s message was taken, unless columns say otherwise."""
    row = _TRUTH._replace(**columns)
    return row if "return_path" in columns else row._replace(return_path=verp(row.recipient))


def attempt(**columns: Any) -> Attempt:
    """Return the attempt that heard the same."""
    row = _ATTEMPT._replace(**columns)
    return row if "return_path" in columns else row._replace(return_path=verp(row.recipient))


def refused(**columns: Any) -> Attempt:
    """Return an attempt that was refused at RCPT, or deferred or failed as its code says."""
    code = columns.setdefault("code", 550)
    outcome = "failed" if code is None else "refused" if code >= 500 else "deferred"
    return attempt(**{"stage": "rcpt", "outcome": outcome, "text": "no", **columns})


def returned(**columns: Any) -> Returned:
    """Return a delivery report that came back, unless columns say otherwise."""
    row = Returned(
        lane="acme",
        seq=1,
        at=STARTS,
        return_path="",
        campaign="news",
        recipient="ann@acme.example",
        kind="report",
        action="failed",
        status="5.1.1",
        code=550,
        text="no such user",
        message_id="",
        joined_by="return-path",
        content="",
    )
    return row._replace(**columns)


def probe(**columns: Any) -> Probe:
    """Return an experiment with ``ann``, who was refused again, unless columns say otherwise."""
    row = Probe(
        lane="acme",
        seq=1,
        at=STARTS,
        duration_s=0.24,
        campaign="news",
        recipient="ann@acme.example",
        experiment="again",
        asked="ann@acme.example",
        return_path="diagnosis+ann=acme.example@bounce.sender.example",
        mx="mx.acme.example",
        mx_address="127.1.0.1",
        local_address="127.10.0.1",
        local_port=1025,
        stage="rcpt",
        outcome="refused",
        code=550,
        enhanced=None,
        text="no",
        failure=None,
    )
    return row._replace(**columns)
