"""Runs a check that makes DNS lookups: asks what it needs, and starts it again.

A lookup that fails ends the check with "unknown": it never looks like a record that is not there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.policies.dns_replay import Lookup, replay_with_dns
from fake_gateways.verdict import Answer, Question
from probe.listed.answer import Came, Reply
from probe.listed.posture.finding import Finding, Grade

Check = Callable[[Lookup], Finding]
MOST_LOOKUPS: Final = 100
_ANSWERED = {Came.RECORDS, Came.NO_NAME, Came.NO_DATA}


class FailedLookupError(BaseException):
    """No answer came. Not an Exception, so that no library takes it for a record that is not there."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question


@dataclass
class _Known:
    """The answers so far."""

    answers: dict[Question, Answer] = field(default_factory=dict)

    def answer(self, question: Question) -> Answer | None:
        return self.answers.get(question)


def must_answer(lookup: Lookup) -> Lookup:
    """Return a lookup that raises FailedLookupError where none came."""

    def answered(name: str, kind: str) -> Answer:
        found = lookup(name, kind)
        if found.failed:
            raise FailedLookupError(Question(name, kind))
        return found

    return answered


async def with_answers(check: Check, subject: str, name: str, ask: Callable[[Question], Awaitable[Reply]]) -> Finding:
    """Return what a check finds; ``subject`` and ``name`` are those of the finding if it cannot be known."""
    known = _Known()
    for _ in range(MOST_LOOKUPS):
        try:
            found = replay_with_dns(known, check)
        except FailedLookupError as failed:
            question = failed.question
            return Finding(subject, name, Grade.UNKNOWN, f"no answer about {question.kind} of {question.name}")
        if isinstance(found, Finding):
            return found
        reply = await ask(found)
        known.answers[found] = Answer(reply.records, failed=reply.came not in _ANSWERED)
    return Finding(subject, name, Grade.UNKNOWN, f"needs more than {MOST_LOOKUPS} lookups")
