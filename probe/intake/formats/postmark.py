"""Events of Postmark, as its webhooks send them.

Formats: https://postmarkapp.com/developer/webhooks/webhooks-overview and the pages beside it; types of bounces:
https://postmarkapp.com/developer/api/bounce-api#bounce-types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.json_documents import NoEventError, events
from probe.intake.reading.json_fields import Json, text, word
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes

_KINDS: Final = {
    "Delivery": EventKind.DELIVERED,
    "Bounce": EventKind.REFUSED,
    "SpamComplaint": EventKind.COMPLAINT,
    "Open": EventKind.OPENED,
    "Click": EventKind.CLICKED,
    "SubscriptionChange": EventKind.SUPPRESSED,
}
_BOUNCES: Final = {
    "Transient": EventKind.DEFERRED,
    "AutoResponder": EventKind.AUTO_REPLY,
    "AddressChange": EventKind.AUTO_REPLY,
    "ChallengeVerification": EventKind.AUTO_REPLY,
    "SpamComplaint": EventKind.COMPLAINT,
    "ManuallyDeactivated": EventKind.SUPPRESSED,
}
"""Types that are not failures; all other types mean that delivery was given up."""
_NO_BOUNCES: Final = {"Subscribe", "Unsubscribe", "OpenRelayTest", "InboundError"}
"""Returned mail that says nothing about the message."""
_MOMENTS: Final = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")


def read(lines: Iterable[LogLine]) -> Iterator[Event | BadLine]:
    """Yield an event for each webhook.

    A bounce of type Transient is DEFERRED (Postmark calls it "message delayed" and tries again). Auto-responders,
    changes of address and challenges are AUTO_REPLY. All other bounces are REFUSED, also those that arrived in a report
    after the delivery: no field distinguishes them. A SubscriptionChange is SUPPRESSED if it starts a suppression,
    although it is about an address and not about a message. If it ends one, there is no event.

    ``message_id`` is ``<MessageID@mtasv.net>``, the header that Postmark writes unless ``X-PM-KeepID`` asks to keep the
    sender's (https://postmarkapp.com/developer/user-guide/send-email-with-smtp); webhooks contain no header.
    ``campaign`` is the tag. ``label`` is a bounce's Type, or a suppression's reason. ``return_path`` is empty, as
    webhooks do not contain it.
    """
    return events(lines, _interpret)


def _interpret(document: Json) -> Iterator[Event]:
    record = word(document, "RecordType")
    bounce = word(document, "Type") if record in {"Bounce", "SpamComplaint"} else ""
    if bounce in _NO_BOUNCES:
        return
    if record not in _KINDS:
        raise NoEventError(f"not a Postmark event ({record[:60] or 'without RecordType'})")
    if record == "SubscriptionChange" and document.get("SuppressSending") is not True:
        return
    # Description is Postmark's explanation of the type; it is used if there is no text of a server.
    reply = text(document, "Details") or text(document, "Description")
    code, enhanced, _ = reply_codes(reply)
    message_id = word(document, "MessageID")
    yield Event(
        _BOUNCES.get(bounce, _KINDS[record]),
        recipient=word(document, "Recipient") or word(document, "Email"),
        at=next((moment(document[name]) for name in _MOMENTS if name in document), None),
        message_id=f"<{message_id}@mtasv.net>" if message_id else "",
        campaign=word(document, "Tag"),
        code=code,
        enhanced=enhanced,
        text=reply,
        label=bounce or word(document, "SuppressionReason"),
    )
