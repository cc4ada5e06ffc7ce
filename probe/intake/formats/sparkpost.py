"""Events of SparkPost: batches of its webhooks, and the pages of its Events API.

Formats: https://developers.sparkpost.com/api/webhooks/ and https://developers.sparkpost.com/api/events/; classes of
bounces: https://support.sparkpost.com/docs/deliverability/bounce-classification-codes; suppressed recipients:
https://support.sparkpost.com/docs/tech-resources/preparing-for-async-suppressions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.json_documents import NoEventError, events
from probe.intake.reading.json_fields import Json, each, in_brackets, text, within, word
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes

_KINDS: Final = {
    "delivery": EventKind.DELIVERED,
    "bounce": EventKind.REFUSED,
    "delay": EventKind.DEFERRED,
    "out_of_band": EventKind.BOUNCED_LATER,
    "policy_rejection": EventKind.REFUSED,
    "generation_failure": EventKind.REFUSED,
    "generation_rejection": EventKind.REFUSED,
    "spam_complaint": EventKind.COMPLAINT,
    "open": EventKind.OPENED,
    "initial_open": EventKind.OPENED,
    "amp_open": EventKind.OPENED,
    "amp_initial_open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "amp_click": EventKind.CLICKED,
}
_NO_EVENT: Final = {"injection", "sms_status", "list_unsubscribe", "link_unsubscribe"}
_NO_EVENT_FAMILIES: Final = ("relay_", "ab_test_", "ingest_")
_ENGAGED: Final = {EventKind.OPENED, EventKind.CLICKED}
_SUPPRESSED: Final = "recipient address was suppressed"
"""The start of the reason, after code and status, for an address on the suppression list."""


def read(lines: Iterable[LogLine]) -> Iterator[Event | BadLine]:
    """Yield an event for each element of a batch (``msys``), each of a page's ``results``, and each bare event.

    A message to an address on the suppression list is SUPPRESSED. SparkPost says so in the reason of a bounce of class
    25, formerly of a policy or generation rejection. Other such rejections and generation failures are REFUSED:
    SparkPost itself gave up, and ``label`` is the event's type. An ``out_of_band`` bounce is BOUNCED_LATER. Batches
    without events, which SparkPost sends to test an endpoint, are skipped.

    ``message_id`` is SparkPost's identifier of the message in brackets; events do not contain the header. ``recipient``
    is the address as the sender wrote it, if the event has it. ``label`` is the number of the bounce class.
    """
    return events(lines, _interpret, _elements)


def _elements(document: Json) -> Iterable[object]:
    if "msys" in document:
        return within(document, "msys").values()
    return each(document, "results") if "results" in document else (document,)


def _interpret(event: Json) -> Iterator[Event]:
    name = word(event, "type")
    if name in _NO_EVENT or name.startswith(_NO_EVENT_FAMILIES):
        return
    kind = _KINDS.get(name)
    if kind is None:
        raise NoEventError(f"not a SparkPost event ({name[:60] or 'without type'})")
    reply = text(event, "raw_reason") or text(event, "reason")
    if kind is EventKind.REFUSED and _SUPPRESSED in reply.lower():
        kind = EventKind.SUPPRESSED
    code, enhanced, _ = reply_codes(reply, event.get("error_code"))
    declined = "" if name in {"bounce", "delay", "out_of_band"} or kind is not EventKind.REFUSED else name
    yield Event(
        kind,
        recipient=word(event, "raw_rcpt_to") or word(event, "rcpt_to"),
        at=moment(event.get("timestamp")),
        message_id=in_brackets(word(event, "message_id")),
        return_path=word(event, "msg_from"),
        campaign=word(event, "campaign_id"),
        local_address=word(event, "sending_ip"),
        # For opens and clicks it is the recipient's address.
        mx="" if kind in _ENGAGED else word(event, "ip_address"),
        code=code,
        enhanced=enhanced,
        text=reply,
        label=word(event, "bounce_class") or declined,
    )
