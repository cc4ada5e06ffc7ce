"""Events of SparkPost: batches of its webhooks, and the pages of its Events API.

Formats: https://developers.sparkpost.com/api/webhooks/ and https://developers.sparkpost.com/api/events/; classes of
bounces: https://support.sparkpost.com/docs/deliverability/bounce-classification-codes; suppressed recipients:
https://support.sparkpost.com/docs/tech-resources/preparing-for-async-suppressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, word
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider
from probe.returned_mail.arf import is_complaint

_ENGAGED: Final = {EventKind.OPENED, EventKind.CLICKED}
_SUPPRESSED: Final = re.compile("recipient address (?:was )?suppressed", re.IGNORECASE)
"""In the reason for an address on the suppression list."""
_AUTO_REPLIES: Final = {"60", "100"}
"""Bounce classes that are answers: of vacations, and of senders that want a confirmation."""
_DECLINED: Final = {"policy_rejection", "generation_failure", "generation_rejection"}


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each element of a batch (``msys``), each of a page's ``results``, and each bare event.

    A message to an address on the suppression list is SUPPRESSED. SparkPost says so in the reason of a bounce of class
    25, formerly of a policy or generation rejection. Other such rejections and generation failures are REFUSED:
    SparkPost itself gave up, and ``label`` is the event's type. An ``out_of_band`` bounce is BOUNCED_LATER, and one of
    the class of answers AUTO_REPLY. Batches without events, which SparkPost sends to test an endpoint, are skipped.

    ``message_id`` is SparkPost's identifier of the message in brackets; events do not contain the header. ``recipient``
    is the address as the sender wrote it, if the event has it. ``label`` is the number of the bounce class.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    name = word(document, "type")
    if event.kind is EventKind.REFUSED and _SUPPRESSED.search(event.text):
        event = event._replace(kind=EventKind.SUPPRESSED)
    elif event.kind is EventKind.COMPLAINT and not is_complaint(word(document, "fbtype")):
        event = event._replace(kind=EventKind.FEEDBACK)
    elif event.label in _AUTO_REPLIES:
        event = event._replace(kind=EventKind.AUTO_REPLY)
    elif name in _DECLINED:
        event = event._replace(label=event.label or name)
    # For opens and clicks the address is the recipient's.
    yield event._replace(mx="") if event.kind in _ENGAGED else event


_NO_EVENT: Final = (
    "injection sms_status list_unsubscribe link_unsubscribe relay_injection relay_rejection relay_delivery "
    "relay_tempfail relay_permfail ab_test_completed ab_test_cancelled ingest_success ingest_error"
).split()
_PROVIDER: Final = Provider(
    "SparkPost",
    (
        Shape(
            name="type",
            kinds={
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
                **dict.fromkeys(_NO_EVENT),
            },
            recipient="raw_rcpt_to rcpt_to",
            at="timestamp",
            message_id="message_id",
            return_path="msg_from",
            campaign="campaign_id",
            local_address="sending_ip",
            mx="ip_address",
            code="error_code",
            text="raw_reason reason",
            label="bounce_class",
            refine=_refined,
        ),
    ),
    envelopes=frozenset({"msys", "results"}),
)
