"""The log of KumoMTA: one JSON object per line (https://docs.kumomta.com/reference/log_record/).

Its segments are compressed with zstd. Decompress them first, with ``tailer`` or ``zstdcat``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from fake_gateways.smtp.envelope import Stage
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading import json_documents
from probe.intake.reading.line_dress import undressed
from probe.intake.reading.lines import UnreadableError
from probe.intake.reading.quoted import QuotedReply, kept, message_id, moment, name, parse_reply, recipient
from probe.returned_mail.arf import is_complaint

_KINDS: Final = {
    "Delivery": EventKind.DELIVERED,
    "TransientFailure": EventKind.DEFERRED,
    "Bounce": EventKind.REFUSED,
    "Expiration": EventKind.REFUSED,
    "AdminBounce": EventKind.REFUSED,
    "OOB": EventKind.BOUNCED_LATER,
    "Feedback": EventKind.COMPLAINT,
}
_OF_NO_DELIVERY: Final = {
    "Reception", "Rejection", "AdminRebind", "Delayed", "Delay", "DeferredInjectionRebind", "XferIn", "XferOut"
}  # fmt: skip
"""Records about mail that arrives or waits."""
_NO_REPLY: Final = {"Expiration", "AdminBounce"}
"""Records whose response is KumoMTA's own text."""
_OF_ITSELF: Final = "KumoMTA internal:"
"""The start of a response that is not from a remote host, such as one for a network failure."""

_STAGES: Final = {
    "EHLO": Stage.EHLO,
    "HELO": Stage.EHLO,
    "LHLO": Stage.EHLO,
    "MAIL": Stage.MAIL,
    "RCPT": Stage.RCPT,
    "DATA": Stage.DATA,
    ".": Stage.END_OF_DATA,
}
_ORIGINAL_ID: Final = re.compile(r"^message-id:[ \t]*(\S{1,1000})", re.IGNORECASE | re.MULTILINE)
_PORT: Final = re.compile(r":[0-9]{1,5}$")

Object = Mapping[str, Any]


def read(lines: Iterable[LogLine]) -> Iterator[Event | BadLine]:
    """Yield an event for every recipient of a record of a delivery, failure, late bounce or complaint.

    The label is ``bounce_classification``, for a complaint its feedback type. Message ids are known if the logger is
    configured to log the header ``Message-ID``. An out-of-band record describes the report that arrived: its sender,
    queue and headers belong to the report, so they are not used.
    """
    for record in json_documents.read(_documents(lines)):
        if isinstance(record, BadLine):
            yield record
            continue
        try:
            yield from _events(record.value)
        except UnreadableError as error:
            yield BadLine(record.number, str(error))


def _documents(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    """Yield the lines that may be parts of JSON documents; what programs tell people in words is passed over."""
    for line in undressed(lines, longest=json_documents.MAX_DOCUMENT):
        if not isinstance(line, BadLine) and (not line.program or line.text.lstrip().startswith(("{", "["))):
            yield LogLine(line.number, line.text)


def _events(record: Object) -> Iterable[Event]:
    type_ = _text(record.get("type"))
    if not type_ or type_ in _OF_NO_DELIVERY:
        return ()
    kind = _KINDS.get(type_)
    if kind is None:
        raise UnreadableError(f"record type {type_[:40]!r} is unknown")
    return _complaints(record) if kind is EventKind.COMPLAINT else _deliveries(kind, record)


def _deliveries(kind: EventKind, record: Object) -> Iterable[Event]:
    response = _object(record.get("response"))
    reply = _reply(response)
    if record["type"] in _NO_REPLY or reply.text.startswith(_OF_ITSELF):
        reply = reply._replace(code=None)
    event = Event(
        kind,
        "",
        _at(record),
        campaign=kept(_text(_object(record.get("meta")).get("campaign"))),
        mx=name(_text(_object(record.get("peer_address")).get("name"))).removesuffix("."),
        stage=_stage(response) if reply.code else None,
        code=reply.code,
        enhanced=reply.enhanced,
        text=reply.text,
        label=kept(_text(record.get("bounce_classification"))),
    )
    if kind is EventKind.BOUNCED_LATER:
        # KumoMTA logs 550 if the report has no SMTP diagnostic.
        event = event._replace(stage=Stage.REPORT, code=event.code if event.text else None)
    else:
        source = name(_text(_object(record.get("source_address")).get("address")))
        event = event._replace(
            message_id=_header_id(_object(record.get("headers"))),
            return_path=name(_text(record.get("sender"))),
            campaign=event.campaign or _campaign(_text(record.get("queue"))),
            local_address=_PORT.sub("", source).strip("[]"),
        )
    return [event._replace(recipient=address) for address in _recipients(record.get("recipient"))]


def _complaints(record: Object) -> Iterable[Event]:
    report = _object(record.get("feedback_report"))
    trace = _object(report.get("supplemental_trace"))
    original = _ORIGINAL_ID.search(_text(report.get("original_message")))
    feedback = kept(_text(report.get("feedback_type")))
    event = Event(
        EventKind.COMPLAINT if is_complaint(feedback) else EventKind.FEEDBACK,
        "",
        _at(record),
        message_id=message_id(original[1]) if original else "",
        return_path=name(_text(report.get("original_mail_from"))),
        campaign=kept(_text(trace.get("campaign"))),
        label=feedback,
    )
    # The documentation has original_rcpt_to, the program's own serialisation original_rcpto_to.
    # The record's own recipient is the address that receives complaints.
    complainers = trace.get("recipient") or report.get("original_rcpto_to") or report.get("original_rcpt_to")
    return [event._replace(recipient=address) for address in _recipients(complainers)]


def _reply(response: Object) -> QuotedReply:
    code, status = response.get("code"), _object(response.get("enhanced_code"))
    content = kept(_text(response.get("content")))
    # The content of a late bounce starts with its enhanced status, other contents do not.
    reply = parse_reply(f"{code} {content}") if isinstance(code, int) else QuotedReply(None, None, content)
    parts = [status.get(part) for part in ("class", "subject", "detail")]
    if reply.enhanced is None and all(isinstance(part, int) and 0 <= part < 1000 for part in parts):
        return reply._replace(enhanced=".".join(str(int(part)) for part in parts if part is not None))
    return reply


def _stage(response: Object) -> Stage | None:
    words = _text(response.get("command")).split(maxsplit=1)
    return _STAGES.get(words[0].partition(":")[0].upper()) if words else None


def _campaign(queue: str) -> str:
    """Return the campaign of a queue's name, ``campaign:tenant@domain``, where all but the domain are optional."""
    campaign, colon, _ = queue.rpartition("@")[0].partition(":")
    return kept(campaign) if colon else ""


def _header_id(headers: Object) -> str:
    return next((message_id(_text(value)) for key, value in headers.items() if key.lower() == "message-id"), "")


def _recipients(value: Any) -> list[str]:
    several = value if isinstance(value, list) and value else [value]
    return [recipient(_text(each)) for each in several]


def _at(record: Object) -> float | None:
    timestamp = record.get("timestamp")
    if isinstance(timestamp, str | int | float):
        return moment(str(timestamp))
    if timestamp is None:
        return None
    raise UnreadableError("a timestamp that is not a time")


def _object(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
