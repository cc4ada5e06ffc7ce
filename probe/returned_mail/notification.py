"""Notifications of Amazon SES that Amazon SNS sends as mail, with or without SNS's envelope.

Formats: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from probe.records.returned import ReturnedKind
from probe.returned_mail.arf import is_complaint
from probe.returned_mail.diagnostic import is_plausible, parse_diagnostic
from probe.returned_mail.mime import first_text, one_line
from probe.returned_mail.model import MAX_RECIPIENTS, Action, RecipientEntry, ReturnedMail

_MARK: Final = re.compile(rb"\bsns\b[\w.-]{0,40}\.amazonaws\.com|notificationType|eventType", re.IGNORECASE)
_DECODER: Final = json.JSONDecoder(strict=False)
_REPORTS: Final = {
    "Bounce": ("bounce", "bouncedRecipients", Action.FAILED),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients", Action.DELAYED),
    "Delivery": ("delivery", "recipients", Action.DELIVERED),
}
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def notification_in(octets: bytes) -> str:
    """Return the JSON document in a mail of SNS and what follows it, on one line; empty for other mail."""
    if not _MARK.search(octets):
        return ""
    text = first_text(octets)
    # A mail program may have broken the lines.
    return re.sub(r"\r?\n", "", text[text.find("{") :]) if "{" in text else ""


def read_notification(octets: bytes) -> ReturnedMail | None:
    """Return the kind of a notification and an entry for each recipient; None for other mail, and if it has none."""
    document = _document(notification_in(octets))
    if isinstance(document.get("Message"), str):
        document = _document(document["Message"])
    name = document.get("eventType") or document.get("notificationType")
    if name == "Complaint":
        complaint = _object(document.get("complaint"))
        feedback = _text(complaint.get("complaintFeedbackType"))
        kind = ReturnedKind.COMPLAINT if is_complaint(feedback) else ReturnedKind.FEEDBACK
        found = [
            RecipientEntry(address, text=feedback) for address, _ in _recipients(complaint, "complainedRecipients")
        ]
    elif isinstance(name, str) and name in _REPORTS:
        field, recipients, action = _REPORTS[name]
        kind = ReturnedKind.REPORT
        report = _object(document.get(field))
        found = [_entry(address, fields, action) for address, fields in _recipients(report, recipients)]
    else:
        return None
    return ReturnedMail(kind, tuple(found[:MAX_RECIPIENTS])) if found else None


def _document(text: str) -> dict[str, Any]:
    try:
        return _object(_DECODER.raw_decode(text)[0])
    except (ValueError, RecursionError):
        return {}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _recipients(report: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the address and the fields of each recipient; of a delivery there is only the address."""
    named = report.get(name)
    for each in named if isinstance(named, list) else []:
        address = _text(each if isinstance(each, str) else _object(each).get("emailAddress"))
        if is_plausible(address):
            yield address, _object(each)


def _entry(address: str, fields: dict[str, Any], action: Action) -> RecipientEntry:
    kind, semicolon, diagnostic = _text(fields.get("diagnosticCode")).partition(";")
    parsed = parse_diagnostic(diagnostic if semicolon else kind)
    stated = _STATUS.fullmatch(_text(fields.get("status")))
    return RecipientEntry(address, action, stated[0] if stated else parsed.status, parsed.code, parsed.text)
