"""PowerMTA's accounting files: CSV with a header line (User's Guide, "The Accounting"; RFC 4180).

A public copy of the guide: https://jnotes.github.io/pmta-doc. The columns are configurable (``record-fields``), so only
the type and the recipient are required. A record that spans several lines is not read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.lines import UnreadableError, read_each
from probe.intake.reading.quoted import QuotedReply, kept, message_id, moment, name, parse_reply, recipient, status
from probe.returned_mail.arf import is_complaint

_KINDS: Final = {
    "d": EventKind.DELIVERED,
    "delivery": EventKind.DELIVERED,
    "b": EventKind.REFUSED,
    "bounce": EventKind.REFUSED,
    "t": EventKind.DEFERRED,
    "transient": EventKind.DEFERRED,
    "tq": EventKind.DEFERRED,
    "transient-queue": EventKind.DEFERRED,
    "rb": EventKind.BOUNCED_LATER,
    "remote-bounce": EventKind.BOUNCED_LATER,
    "rs": EventKind.BOUNCED_LATER,
    "remote-status": EventKind.BOUNCED_LATER,
    "f": EventKind.COMPLAINT,
    "feedback-loop": EventKind.COMPLAINT,
}
_OF_NO_DELIVERY: Final = {"r", "receipt", "received"}
_OF_QUEUES: Final = {"tq", "transient-queue"}
"""Records of a failure that stopped a whole queue; they name a recipient only if configured so."""
_REMOTE_ACTIONS: Final = {
    "delivered": EventKind.DELIVERED,
    "relayed": EventKind.DELIVERED,
    "expanded": EventKind.DELIVERED,
    "delayed": EventKind.DEFERRED,
}
"""The actions of a report that are not a bounce (RFC 3464 section 2.3.3)."""


def read(lines: Iterable[LogLine]) -> Iterator[Event | BadLine]:
    """Yield an event for every record about a recipient. In concatenated files, each header line names new columns.

    The label is ``bounceCat``, for a complaint ``feedbackType``; the campaign is ``jobId``. Message ids are known if
    ``header_Message-Id`` is a column. Times without a time zone are UTC.
    """
    return read_each(lines, _Files().events)


class _Files:
    """Keeps the columns that the last header line named."""

    def __init__(self) -> None:
        self._columns: list[str] = []

    def events(self, text: str) -> Iterable[Event]:
        """Return the events of a line; raises UnreadableError."""
        text = text.removeprefix("\ufeff")
        if not text:
            return ()
        cells = _cells(text)
        names = [cell.strip().lower() for cell in cells]
        if names[0] == "type" or {"type", "rcpt"} <= {*names}:
            self._columns = names
            return ()
        place = self._columns.index("type") if self._columns else 0
        type_ = names[place] if place < len(names) else ""
        if type_ in _OF_NO_DELIVERY:
            return ()
        if not self._columns:
            if type_ in _KINDS:
                raise UnreadableError("no header line names its columns")
            return ()
        kind = _KINDS.get(type_)
        if kind is None and type_:
            raise UnreadableError(f"record type {cells[place][:40]!r} is unknown")
        if kind is None or len(cells) != len(self._columns):
            raise UnreadableError(f"{len(cells)} columns where the header line names {len(self._columns)}")
        record = dict(zip(self._columns, cells, strict=True))
        if type_ in _OF_QUEUES and not record.get("rcpt"):
            return ()
        return (_event(kind, record),)


def _cells(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise UnreadableError(f"not CSV: {error}") from None


def _event(kind: EventKind, record: dict[str, str]) -> Event:
    def cell(*names: str) -> str:
        return next((record[name] for name in names if record.get(name)), "")

    remote_status = cell("dsnstatus")
    reply = _diagnostic(cell("dsndiag"), remote_status)
    stage = Stage.END_OF_DATA if kind is EventKind.DELIVERED and reply.code else None
    if kind is EventKind.BOUNCED_LATER:
        kind, stage = _REMOTE_ACTIONS.get(cell("dsnaction").lower(), kind), Stage.REPORT
    label = kept(cell("feedbacktype") if kind is EventKind.COMPLAINT else cell("bouncecat"))
    if kind is EventKind.COMPLAINT and not is_complaint(label):
        kind = EventKind.FEEDBACK
    logged = cell("timelogged", "timequeued")
    return Event(
        kind,
        recipient(cell("rcpt")),
        moment(logged) if logged else None,
        message_id=message_id(cell("header_message-id")),
        return_path=name(cell("orig")),
        campaign=kept(cell("jobid", "header_x-job")),
        local_address=name(cell("dlvsourceip")),
        # The host's name, then its address in parentheses.
        mx=name(cell("dsnmta", "dsnreportingmta").partition(" (")[0]),
        stage=stage,
        code=reply.code,
        enhanced=reply.enhanced or status(remote_status),
        text=reply.text,
        is_own_status=bool(reply.code and reply.enhanced is None and status(remote_status)),
        label=label,
    )


def _diagnostic(diagnostic: str, remote_status: str) -> QuotedReply:
    """Parse a DSN's diagnostic, ``smtp;`` and a reply (RFC 3464 section 2.3.6), or else the comment of its status."""
    type_, semicolon, text = diagnostic.partition(";")
    if semicolon and type_.strip().lower() == "smtp":
        return parse_reply(text.strip())
    return QuotedReply(None, None, kept(diagnostic or remote_status.partition("(")[2].removesuffix(")")))
