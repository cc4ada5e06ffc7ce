"""Feedback reports, with which a recipient or a filter complains (RFC 5965, RFC 6591; Microsoft's JMRP)."""

from __future__ import annotations

import re
from typing import Final

from probe.returned_mail.diagnostic import ADDRESS, is_plausible
from probe.returned_mail.mime import ParsedMail
from probe.returned_mail.model import MAX_RECIPIENTS, RecipientEntry

_TYPE: Final = re.compile(r"^Feedback-Type[ \t]{0,9}:[ \t]{0,9}([a-z-]{1,40})", re.IGNORECASE | re.MULTILINE)
_FIELD: Final = re.compile(
    r"^(?:Original-Rcpt-To|Removal-Recipient|X-HmXmrOriginalRecipient)[ \t]{0,9}:[ \t]{0,9}(?:rfc822;[ \t]{0,9})?"
    rf"<?({ADDRESS})",
    re.IGNORECASE | re.MULTILINE,
)
_TO: Final = re.compile(rf"^To[ \t]{{0,9}}:[^\n@,]{{0,200}}?({ADDRESS})>?[ \t]*$", re.IGNORECASE | re.MULTILINE)
_JMRP: Final = re.compile(r"^complaint about message from", re.IGNORECASE)


def read_feedback(mail: ParsedMail) -> list[RecipientEntry] | None:
    """Return an entry for each recipient a feedback report names, an empty list if it names none; None for other mail.

    The recipient is the one in the report's fields, else the only one in the To: field of the reported message.
    """
    kind = next((found for part in mail.parts if (found := _TYPE.search(part.text))), None)
    if kind is None and not _JMRP.search(mail.header.get("subject", "")):
        return None
    text = kind[1].lower() if kind else "abuse"
    message = "\n".join([mail.original, *(part.text for part in mail.parts if part.type == "text/rfc822-headers")])
    for pattern, where in (
        (_FIELD, "\n".join(part.text for part in mail.parts)),
        (_FIELD, message),
        (_TO, message),
    ):
        named = dict.fromkeys(found[1] for found in pattern.finditer(where) if is_plausible(found[1]))
        if named and (pattern is _FIELD or len(named) == 1):
            return [RecipientEntry(each, text=text) for each in named][:MAX_RECIPIENTS]
    return []
