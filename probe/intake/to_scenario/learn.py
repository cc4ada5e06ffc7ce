"""What a log tells of a campaign, gathered as its events come: who was told what, by which exchanger, and when."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage, domain_of, is_address
from probe.intake.event import BadLine, Event, EventKind
from probe.intake.to_scenario.templates import Templates

_ACCEPTED, _LINE_CUT = 0, 1
"""Numbers of what is no reply to be replayed; replies follow."""
_MOST_ATTEMPTS: Final = 50
_AS_ATTEMPTS: Final = {EventKind.DELIVERED, EventKind.DEFERRED, EventKind.REFUSED}
_LATER: Final = {Stage.END_OF_DATA.value, Stage.DATA.value}
MOST_REPLIES: Final = 2000
"""Different replies that are told apart; of what comes then the code alone is kept, as noise has no end of them."""
_WITHOUT_WORDS: Final = 0
"""The number of no template (drain3 counts from 1)."""
_SINCE: Final = datetime(1970, 1, 2, tzinfo=UTC).timestamp()
_UNTIL: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
"""No campaign was before or after, and no scenario can be; a log may hold any time."""
_LONGEST_WAIT_S: Final = 5 * 86_400
"""Nobody waits longer for a retry: senders give up after four or five days (RFC 5321 4.5.4.1)."""


class Reply(NamedTuple):
    """What was said: a template's number, code, enhanced status and the stage it can be told at."""

    template: int
    code: int
    enhanced: str | None
    stage: Stage


@dataclass
class Learned:
    """What was gathered. ``attempts`` hold for every recipient the numbers of what it was told, in order.

    Memory grows with the number of recipients, not with that of events: a recipient is its address and a few octets.
    """

    templates: Templates
    attempts: dict[str, array[int]] = field(default_factory=dict)
    replies: dict[Reply, int] = field(default_factory=dict)
    seen: Counter[int] = field(default_factory=Counter)
    exchangers: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: Counter[EventKind] = field(default_factory=Counter)
    bad: list[BadLine] = field(default_factory=list)
    bad_lines: int = 0
    without_stage: int = 0
    not_addresses: int = 0
    not_an_address: str = ""
    without_words: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    return_domains: Counter[str] = field(default_factory=Counter)
    first_at: float | None = None
    last_at: float | None = None
    gaps: Counter[int] = field(default_factory=Counter)
    _last: dict[str, float] = field(default_factory=dict)

    def take(self, events: Iterable[Event | BadLine]) -> None:
        """Take events in, in the order of the log."""
        for event in events:
            if isinstance(event, BadLine):
                self.bad_lines += 1
                if len(self.bad) < _BAD_SHOWN:
                    self.bad.append(event)
            else:
                self._take(event)

    def _take(self, event: Event) -> None:
        self.kinds[event.kind] += 1
        recipient = event.recipient.lower()
        if not is_address(recipient):
            self.not_addresses += 1
            self.not_an_address = self.not_an_address or event.recipient
            return
        if event.kind in _AS_ATTEMPTS:
            self._attempt(event, recipient)
        elif event.kind is EventKind.BOUNCED_LATER:
            told = self.attempts.setdefault(recipient, array("l"))
            if told and told[-1] == _ACCEPTED:
                told.pop()
            told.append(self._number(event, recipient, Stage.REPORT))
        if event.kind in _AS_ATTEMPTS or event.kind is EventKind.BOUNCED_LATER:
            self._circumstances(event, recipient)

    def _attempt(self, event: Event, recipient: str) -> None:
        told = self.attempts.setdefault(recipient, array("l"))
        if event.kind is EventKind.DELIVERED:
            number = _ACCEPTED
        elif event.code is None or event.code < 400:
            number = _LINE_CUT
        else:
            if event.stage is None:
                self.without_stage += 1
            # Before RCPT no gateway knows whom a message is for, so what was said there is replayed at RCPT.
            stage = Stage.END_OF_DATA if event.stage in _LATER else Stage.RCPT
            number = self._number(event, recipient, stage)
        if told and told[-1] == _ACCEPTED and number == _ACCEPTED:
            return  # a second message to the same recipient
        if len(told) < _MOST_ATTEMPTS:
            told.append(number)
        else:
            told[-1] = number

    def _number(self, event: Event, recipient: str, stage: Stage) -> int:
        template = self.templates.add(event.text, recipient, event.local_address)
        code = event.code or (500 if event.enhanced is None else int(event.enhanced[0]) * 100 + 50)
        reply = Reply(template, code, event.enhanced, stage)
        if reply not in self.replies and len(self.replies) >= MOST_REPLIES:
            self.without_words += 1
            reply = Reply(_WITHOUT_WORDS, code, None, stage)
        number = self.replies.setdefault(reply, len(self.replies) + 2)
        self.seen[number] += 1
        return number

    def _circumstances(self, event: Event, recipient: str) -> None:
        if event.mx:
            self.exchangers.setdefault(domain_of(recipient), Counter())[event.mx.lower().rstrip(".")] += 1
        if event.local_address:
            self.sources[event.local_address] += 1
        if "@" in event.return_path:
            self.return_domains[domain_of(event.return_path)] += 1
        if event.at is None or not _SINCE <= event.at < _UNTIL:
            return
        self.first_at = event.at if self.first_at is None else min(self.first_at, event.at)
        self.last_at = event.at if self.last_at is None else max(self.last_at, event.at)
        before = self._last.pop(recipient, None)
        if before is not None and before < event.at <= before + _LONGEST_WAIT_S:
            self.gaps[int(event.at - before)] += 1
        if event.kind is EventKind.DEFERRED:
            self._last[recipient] = event.at

    @property
    def retry_after_s(self) -> int | None:
        """The usual time from a deferral to the next attempt, in seconds; None where the log has no retries."""
        half, count = sum(self.gaps.values()) / 2, 0
        for gap, times in sorted(self.gaps.items()):
            count += times
            if count >= half:
                return max(1, gap)
        return None

    def words(self, number: int, names: dict[int, Reply]) -> str:
        """Write what stands in a gateway's log file for one attempt."""
        if number == _ACCEPTED:
            return "-"
        return "!" if number == _LINE_CUT else f"r{number - 1}" if number in names else "!"


_BAD_SHOWN: Final = 5


def is_reply(number: int) -> bool:
    """Whether a number stands for a reply."""
    return number not in {_ACCEPTED, _LINE_CUT}


def last_told(told: Iterable[int]) -> int:
    """Return what a recipient was told in the end."""
    *_, last = told
    return last
