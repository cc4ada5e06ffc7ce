"""Collects from a log's events what a scenario needs: the replies that each recipient got, by which MX host, when."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage, domain_of, is_address
from probe.intake.event import BadLine, Event, EventKind
from probe.intake.reading.addresses import plain
from probe.intake.skipped import SkippedLines
from probe.intake.to_scenario.anonymise import Naming
from probe.intake.to_scenario.mask import Parties, mask
from probe.intake.to_scenario.quoted_reply import quoted_reply

_ACCEPTED, _LINE_CUT = 0, 1
"""The numbers of results that are not replies; replies have larger numbers."""
_MOST_ATTEMPTS: Final = 50
_AS_ATTEMPTS: Final = {EventKind.DELIVERED, EventKind.DEFERRED, EventKind.REFUSED}
_LATER: Final = {Stage.END_OF_DATA.value, Stage.DATA.value}
MOST_REPLIES: Final = 2000
"""The most different replies. As many further ones lose their numbers, and the rest keep only their codes, so that
noise does not fill the memory."""
_LOOKED_AT: Final = 16
"""Of so many replies one is looked at where nearly all are new, as to take the names out of one takes a millisecond."""
_NO_ANSWER: Final = re.compile(
    r"time[d ]?-? ?out|\bconnect|unreachable|no route|network|\bdns\b|look ?up|resolve|expired|too old"
    r"|gave up|retr[iy]",
    re.IGNORECASE,
)
"""Words of a sending system that got no answer."""
_NUMBERED: Final = re.compile(r"(?<![\w{])(?=[^\s{}]*\d)[^\s{}]+")
WITHOUT_WORDS: Final = "-"
_SINCE: Final = datetime(1970, 1, 2, tzinfo=UTC).timestamp()
_UNTIL: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
"""Times outside of this range are errors of the log, and a scenario cannot have them."""
_LONGEST_WAIT_S: Final = 5 * 86_400
"""A longer wait is not a retry: senders give up after four or five days (RFC 5321 4.5.4.1)."""


class Reply(NamedTuple):
    """A reply: its wording with slots, code, enhanced status, and the stage at which the scenario gives it.

    ``status`` is that of the report which quotes the reply, if it is another.
    """

    wording: str
    code: int
    enhanced: str | None
    stage: Stage
    status: str | None = None


@dataclass
class Learned:
    """The collected facts. ``attempts`` has, for every recipient, the numbers of its results in order.

    The memory grows with the number of recipients, not of events: a recipient takes its address and a few octets.
    """

    naming: Naming
    attempts: dict[str, array[int]] = field(default_factory=dict)
    replies: dict[Reply, int] = field(default_factory=dict)
    seen: Counter[int] = field(default_factory=Counter)
    exchangers: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: Counter[EventKind] = field(default_factory=Counter)
    skipped: SkippedLines = field(default_factory=SkippedLines)
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
    _new_in_a_row: int = 0
    """Replies since the last one that was known, of those that keep only their codes."""

    def take(self, events: Iterable[Event | BadLine]) -> None:
        """Add events in the order of the log."""
        for event in events:
            if isinstance(event, BadLine):
                self.skipped.add(event)
            else:
                self._take(event)

    def _take(self, event: Event) -> None:
        self.kinds[event.kind] += 1
        recipient = plain(event.recipient.lower())
        if not is_address(recipient):
            self.not_addresses += 1
            self.not_an_address = self.not_an_address or event.recipient
            return
        if event.kind in _AS_ATTEMPTS:
            self._attempt(event, recipient)
        elif event.kind is EventKind.BOUNCED_LATER:
            results = self.attempts.setdefault(recipient, array("l"))
            if results and results[-1] == _ACCEPTED:
                results.pop()
            results.append(self._number(event, recipient, Stage.REPORT))
        if event.kind in _AS_ATTEMPTS or event.kind is EventKind.BOUNCED_LATER:
            self._circumstances(event, recipient)

    def _attempt(self, event: Event, recipient: str) -> None:
        results = self.attempts.setdefault(recipient, array("l"))
        if event.kind is EventKind.DELIVERED:
            number = _ACCEPTED
        elif event.code is None and _is_refused(event):
            # The sending system refused on its own, for example as there is no such domain, or the log lacks the code.
            number = self._number(event, recipient, Stage.RCPT)
        elif event.code is None or event.code < 400:
            number = _LINE_CUT
        else:
            if event.stage is None:
                self.without_stage += 1
            # Before RCPT a gateway does not know the recipient, so earlier replies are replayed at RCPT.
            stage = Stage.END_OF_DATA if event.stage in _LATER else Stage.RCPT
            number = self._number(event, recipient, stage)
        if results and results[-1] == _ACCEPTED and number == _ACCEPTED:
            return  # a second message to the same recipient
        if len(results) < _MOST_ATTEMPTS:
            results.append(number)
        else:
            results[-1] = number

    def _number(self, event: Event, recipient: str, stage: Stage) -> int:
        said = quoted_reply(event)
        known = {said.enhanced, f"{said.code // 100}.0.0"}  # the status of a report that quotes no other
        status = event.enhanced if stage is Stage.REPORT and event.enhanced not in known else None
        parties = Parties(recipient, event.return_path, event.local_address, event.mx)
        is_noise = self._new_in_a_row >= MOST_REPLIES and self._new_in_a_row % _LOOKED_AT
        wording = "" if is_noise else mask(said.text, parties, self.naming)
        reply = Reply(wording or WITHOUT_WORDS, said.code, said.enhanced, stage, status)
        if self._is_one_too_many(reply, MOST_REPLIES):
            reply = reply._replace(wording=_NUMBERED.sub("{id}", reply.wording))
        if is_noise or self._is_one_too_many(reply, 2 * MOST_REPLIES):
            self.without_words += 1
            self._new_in_a_row += 1
            reply = Reply(WITHOUT_WORDS, said.code, None, stage)
        else:
            self._new_in_a_row = 0
        number = self.replies.setdefault(reply, len(self.replies) + 2)
        self.seen[number] += 1
        return number

    def _is_one_too_many(self, reply: Reply, most: int) -> bool:
        return reply not in self.replies and len(self.replies) >= most

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
        """The median time from a deferral to the next attempt, in seconds; None if the log has no retries."""
        half, count = sum(self.gaps.values()) / 2, 0
        for gap, times in sorted(self.gaps.items()):
            count += times
            if count >= half:
                return max(1, gap)
        return None

    def words(self, number: int, names: dict[int, Reply]) -> str:
        """Return the notation of one attempt in a gateway's log file."""
        if number == _ACCEPTED:
            return "-"
        return "!" if number == _LINE_CUT else f"r{number - 1}" if number in names else "!"


def _is_refused(event: Event) -> bool:
    """Whether an event without a code is a refusal by its status or, without a status, by its words."""
    if event.kind is not EventKind.REFUSED:
        return False
    if event.enhanced is not None:
        return event.enhanced.startswith("5")
    return event.stage is None and bool(event.text.strip()) and _NO_ANSWER.search(event.text) is None


def is_reply(number: int) -> bool:
    """Whether a number is the number of a reply."""
    return number not in {_ACCEPTED, _LINE_CUT}


def last_result(results: Iterable[int]) -> int:
    """Return the number of a recipient's last result."""
    *_, last = results
    return last
