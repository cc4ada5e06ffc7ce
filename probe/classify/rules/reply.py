"""The words that a rule is asked about: one reply, or one diagnostic of a delivery report."""

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
    """What was heard: numbers, words (a line feed between lines), at which stage, and of whom.

    ``text`` is without the numbers, as a transport gives it.
    """

    code: int | None
    enhanced: str | None
    text: str
    stage: str
    recipient: str = ""

    @property
    def wire(self) -> str:
        """The reply as it stood on the wire, a line feed between lines (RFC 5321 4.2.1, RFC 2034 section 4)."""
        status = f"{self.enhanced} " if self.enhanced else ""
        if self.code is None:
            return f"{status}{self.text}"
        if "\n" not in self.text:
            return f"{self.code} {status}{self.text}"
        *lines, last = self.text.split("\n")
        return "".join(f"{self.code}-{status}{line}\n" for line in lines) + f"{self.code} {status}{last}"


def deciding_reply(evidence: Evidence, recipient: str = "") -> ReceivedReply:
    """Return the words that decide: the last reply, or the report about a message that had been taken."""
    last = evidence.last
    if last.outcome != Outcome.DELIVERED:
        return ReceivedReply(last.code, last.enhanced, last.text, last.stage, recipient)
    code, enhanced, text = evidence.heard
    diagnostic = parse_reply(text, Stage.REPORT)
    return ReceivedReply(
        diagnostic.code or code, diagnostic.enhanced or enhanced, diagnostic.text, Stage.REPORT, recipient
    )


def parse_reply(said: str, stage: str = Stage.RCPT, recipient: str = "") -> ReceivedReply:
    """Read a reply as people write it down: ``550 5.1.1 User unknown``, one line or several, perhaps with ``smtp;``.

    What does not begin with a code is words alone.
    """
    said = _TYPE.sub("", said.strip()).replace("\r\n", "\n")
    first = _NUMBERED.match(said)
    if first is None:
        return ReceivedReply(None, None, said, stage, recipient)
    texts = [(line[2] or "") if (line := _NUMBERED.match(each)) else each for each in said.split("\n")]
    reply = from_wire(int(first[1]), texts)
    return ReceivedReply(reply.code, str(reply.enhanced) if reply.enhanced else None, reply.text, stage, recipient)
