"""Feedback reports: complaints of recipients and filters, and others (RFC 5965, RFC 6591; Microsoft's JMRP)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from probe.records.returned import ReturnedKind
from probe.returned_mail.diagnostic import ADDRESS, is_plausible
from probe.returned_mail.mime import ParsedMail
from probe.returned_mail.model import MAX_RECIPIENTS, RecipientEntry, ReturnedMail

_TYPE: Final = re.compile(r"^Feedback-Type[ \t]{0,9}:[ \t]{0,9}\"?([a-z_-]{1,40})", re.IGNORECASE | re.MULTILINE)
_FIELD: Final = re.compile(
    r"^(?:Original-Rcpt-To|Removal-Recipient|X-HmXmrOriginalRecipient)[ \t]{0,9}:[ \t]{0,9}(?:rfc822;[ \t]{0,9})?"
    rf"<?({ADDRESS})",
    re.IGNORECASE | re.MULTILINE,
)
_TO: Final = re.compile(rf"^To[ \t]{{0,9}}:[^\n@,]{{0,200}}?({ADDRESS})>?[ \t]*$", re.IGNORECASE | re.MULTILINE)
_JMRP: Final = re.compile(r"^complaint about message from", re.IGNORECASE)

_NO_COMPLAINTS: Final = {"not-spam", "opt-out", "opt-out-list", "miscategorized", "auth-failure", "dkim"}
"""Feedback of recipients who want the mail, or no more of it, and of failed authentication; also types of drafts.

The registered others are ``abuse``, ``fraud``, ``virus`` and ``other`` (RFC 5965 section 7.3, RFC 6430, RFC 6591).
"""


def is_complaint(feedback_type: str) -> bool:
    """Whether feedback of a type is a complaint; one of an unknown type is."""
    return feedback_type.strip().lower().replace("_", "-") not in _NO_COMPLAINTS


def read_feedback(mail: ParsedMail) -> ReturnedMail | None:
    """Return the kind of a feedback report and an entry for each recipient it names, if any; None for other mail.

    The recipient is the one in the report's fields, else the only one in the To: field of the reported message.
    """
    found = next((found for part in mail.parts if (found := _TYPE.search(part.text))), None)
    if found is None and not _JMRP.search(mail.header.get("subject", "")):
        return None
    text = found[1].lower() if found else "abuse"
    kind = ReturnedKind.COMPLAINT if is_complaint(text) else ReturnedKind.FEEDBACK
    entries = tuple(RecipientEntry(each, text=text) for each in _named(mail))[:MAX_RECIPIENTS]
    return ReturnedMail(kind, entries, unnamed=None if entries else RecipientEntry("", text=text))


def _named(mail: ParsedMail) -> Iterable[str]:
    message = "\n".join([mail.original, *(part.text for part in mail.parts if part.type == "text/rfc822-headers")])
    for pattern, where in (
        (_FIELD, "\n".join(part.text for part in mail.parts)),
        (_FIELD, message),
        (_TO, message),
    ):
        named = dict.fromkeys(found[1] for found in pattern.finditer(where) if is_plausible(found[1]))
        if named and (pattern is _FIELD or len(named) == 1):
            return named
    return ()
