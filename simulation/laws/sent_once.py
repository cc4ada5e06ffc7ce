"""Law: no mail is accepted twice, unless the reply to it was lost, or a report said that it was not delivered.

A client that hears no reply to the end of data cannot know, and has to send again (RFC 5321 sections 4.5.3.2.6, 6.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Fate
from probe.judge.story import Key
from probe.records.attempt import Outcome
from probe.records.returned import is_bounce
from simulation.laws.law import Law
from simulation.laws.left import Left, Run

_NOT_ACCEPTED: Final = {Fate.REFUSED, Fate.DEFERRED, Fate.CUT}


def _broken(left: Left) -> Iterator[str]:
    for run in left.all_runs:
        if run.has_books:
            yield from (f"{run.name}: {what}" for what in _of(run))


def _of(run: Run) -> Iterator[str]:
    accepted: dict[Key, int] = {}
    reported = {(row.campaign, row.recipient.lower()): row.at for row in reversed(run.books.returned) if is_bounce(row)}
    lost: dict[Key, int] = {}
    delivered: set[Key] = set()
    for attempt, truth in run.joined.pairs:
        key = attempt.campaign, attempt.recipient.lower()
        may_repeat = reported.get(key, inf) <= attempt.at  # a retest of what a report said was not delivered
        if key in delivered and not may_repeat:
            yield f"{attempt.recipient} got mail of {attempt.campaign} already: {attempt}"
        if truth is not None and truth.fate not in _NOT_ACCEPTED:
            accepted[key] = accepted.get(key, 0) + 1
            if accepted[key] > 1 + lost.get(key, 0) + may_repeat:
                yield f"a gateway accepted mail of {attempt.campaign} for {attempt.recipient} again: {truth}"
        if attempt.failure is not None and attempt.stage == Stage.END_OF_DATA:
            lost[key] = lost.get(key, 0) + 1
        if attempt.outcome == Outcome.DELIVERED:
            delivered.add(key)


LAW = Law("sent-once", _broken)
