"""What a rule is applied to: one reply, or one diagnostic of a delivery report."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import from_wire
from probe.classify.evidence import Evidence
from probe.records.attempt import Outcome

_TYPE: Final = re.compile(r"^(?:smtp|x-\w[\w-]*)\s*;\s*", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"^([2-5][0-9]{2})(?:[ -](.*))?$", re.DOTALL)


class ReceivedReply(NamedTuple):
    """A reply as the sender received it.

    Attributes:
        code: The reply code (RFC 5321), None if there is only a text.
        enhanced: The enhanced status (RFC 3463), such as ``5.1.1``.
        text: The text without code and status, with a line feed between lines.
        stage: The stage of the dialogue.
        recipient: The recipient, empty if no rule asks for it.
    """

    code: int | None
    enhanced: str | None
    text: str
    stage: str
    recipient: str = ""

    @property
    def wire(self) -> str:
        """The reply as it was sent, with a line feed between lines (RFC 5321 section 4.2.1, RFC 2034 section 4)."""
        status = f"{self.enhanced} " if self.enhanced else ""
        if self.code is None:
            return f"{status}{self.text}"
        if "\n" not in self.text:
            return f"{self.code} {status}{self.text}"
        *lines, last = self.text.split("\n")
        return "".join(f"{self.code}-{status}{line}\n" for line in lines) + f"{self.code} {status}{last}"


def deciding_reply(evidence: Evidence, recipient: str = "") -> ReceivedReply:
    """Return the reply that decides: the last one, or the report about a message that was accepted."""
    last = evidence.last
    if last.outcome != Outcome.DELIVERED:
        return ReceivedReply(last.code, last.enhanced, last.text, last.stage, recipient)
    code, enhanced, text = evidence.heard
    diagnostic = parse_reply(text, Stage.REPORT)
    return ReceivedReply(
        diagnostic.code or code, diagnostic.enhanced or enhanced, diagnostic.text, Stage.REPORT, recipient
    )


def parse_reply(text: str, stage: str = Stage.RCPT, recipient: str = "") -> ReceivedReply:
    """Read a reply from text such as ``550 5.1.1 User unknown``: one line or several, optionally after ``smtp;``.

    Without a code at the beginning, the whole text is the reply text.
    """
    text = _TYPE.sub("", text.strip()).replace("\r\n", "\n")
    first = _NUMBERED.match(text)
    if first is None:
        return ReceivedReply(None, None, text, stage, recipient)
    texts = [(numbered[2] or "") if (numbered := _NUMBERED.match(each)) else each for each in text.split("\n")]
    reply = from_wire(int(first[1]), texts)
    return ReceivedReply(reply.code, str(reply.enhanced) if reply.enhanced else None, reply.text, stage, recipient)
