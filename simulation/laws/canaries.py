"""Canaries: what a fault of fivefifty would do, done on purpose. A law that does not notice its canary is worthless."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from tenacity import RetryCallState, stop_after_delay

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Fate
from probe.classify.by_text import ByText
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading
from probe.judge.result import SCORECARD, JudgedRun
from probe.ledger import FILE
from probe.records.attempt import Attempt, Outcome
from probe.report import recipient_story
from probe.report.html import page, template
from probe.sender import retry
from probe.sender.retry import RetrySchedule
from simulation.laws.left import Left, Run
from simulation.laws.schedule import is_final, waits_of

EVERY: Final = 100
"""One world of so many is a canary."""
_FIRST: Final = 7
"""The number of the first one."""


class Canary(NamedTuple):
    """A fault that is made on purpose, and the law that has to notice it.

    ``during`` is in effect while the world is run. Afterwards ``spoil`` changes what was left; it returns False if the
    world has nothing that could be spoilt.
    """

    name: str
    law: str
    spoil: Callable[[Left], bool]
    during: Callable[[], AbstractContextManager[Any]] = nullcontext


def canary_of(case: str) -> int | None:
    """Return the number of the canary that a world, named ``SEED/NUMBER``, has to be; None if it is none."""
    seed, _, number = case.rpartition("/")
    if not number.isdecimal() or int(number) % EVERY != _FIRST:
        return None
    return (zlib.crc32(seed.encode()) + int(number) // EVERY) % len(CANARIES)


def _books(runs: Sequence[Run], statement: str, *values: Any) -> bool:
    """Change the books of runs; return whether anything was changed in all of them."""
    changed = []
    for run in runs:
        with closing(sqlite3.connect(run.folder / FILE)) as books, books:
            changed.append(books.execute(statement, values).rowcount)
        run.__dict__.pop("books", None)
        run.__dict__.pop("joined", None)
        run.__dict__.pop("attempts_by_key", None)
    return all(changed)


def _lost_decision(left: Left) -> bool:
    row = next((row for row in left.first.books.truths if row.fate != Fate.CUT and row.recipient), None)
    return row is not None and _books(
        left.runs, "DELETE FROM truth WHERE gateway = ? AND seq = ?", row.gateway, row.seq
    )


def _doubled_decision(left: Left) -> bool:
    row = next((row for row in left.first.books.truths if row.fate != Fate.CUT and row.recipient), None)
    if row is None:
        return False
    last = max(each.seq for each in left.first.books.truths if each.gateway == row.gateway)
    columns = ", ".join(f"{last + 1}" if name == "seq" else f'"{name}"' for name in row._fields)
    statement = f"INSERT INTO truth SELECT {columns} FROM truth WHERE gateway = ? AND seq = ?"  # noqa: S608 - our names
    return _books(left.runs, statement, row.gateway, row.seq)


def _wrong_join(left: Left) -> bool:
    """Exchange the recipients of two decisions with the same code and other words."""
    rows = [row for row in left.first.books.truths if row.return_path and row.recipient and row.fate != Fate.CUT]
    for one in rows:
        for other in rows:
            key, instead = (one.return_path, one.recipient), (other.return_path, other.recipient)
            if one.code == other.code and one.text.split() != other.text.split() and key != instead:
                statement = "UPDATE truth SET return_path = ?, recipient = ? WHERE gateway = ? AND seq = ?"
                return _books(left.runs, statement, *instead, one.gateway, one.seq) and _books(
                    left.runs, statement, *key, other.gateway, other.seq
                )
    return False


def _other_words(left: Left) -> bool:
    row = next((attempt for attempt, truth in left.first.joined.pairs if truth and attempt.failure is None), None)
    return row is not None and _books(
        left.runs, "UPDATE attempt SET text = text || ' Really.' WHERE lane = ? AND seq = ?", row.lane, row.seq
    )


def _moment(left: Left) -> bool:
    return _books(left.runs[1:2], "UPDATE attempt SET at = at + 0.01 WHERE seq = 1")


def _lost_report(left: Left) -> bool:
    row = next(iter(left.first.books.returned), None)
    return row is not None and _books(left.runs, "DELETE FROM returned WHERE lane = ? AND seq = ?", row.lane, row.seq)


def _read_early(left: Left) -> bool:
    return bool(left.first.books.engagements) and _books(left.runs, "UPDATE engagement SET at = 0 WHERE seq = 1")


def _limit_not_kept(left: Left) -> bool:
    """Let one transaction begin before a limit has room for it."""
    rate = next((each.rate for each in left.loaded.scenario.sender.limit if each.to == "*" and each.rate), None)
    begun: dict[str, list[Attempt]] = {}
    for row in left.first.books.attempts:
        begun.setdefault(row.mx_address, []).append(row)
    for address, rows in begun.items():
        if rate is not None and address and len({row.message_id for row in rows}) > rate.most:
            times = sorted({row.at for row in rows})
            if len(times) > rate.most:
                statement = "UPDATE attempt SET at = ? WHERE mx_address = ? AND at = ?"
                return _books(left.runs, statement, times[0], address, times[rate.most])
    return False


def _too_soon(left: Left) -> bool:
    """Let one attempt begin when the one before it did."""
    for attempts in left.first.attempts_by_key.values():
        for one, other in pairwise(attempts):
            if other.number > one.number and one.outcome != Outcome.REFUSED and is_final(other) and not other.failure:
                statement = "UPDATE attempt SET at = ? WHERE lane = ? AND seq = ?"
                return _books(left.runs, statement, one.at, other.lane, other.seq)
    return False


def _leaked_lie(left: Left) -> bool:
    row = next((row for row in left.first.books.truths if row.cause and row.mailbox == MailboxState.PRESENT), None)
    return row is not None and _books(
        left.runs,
        "UPDATE truth SET cause = 'user-unknown' WHERE gateway = ? AND seq = ?",
        row.gateway,
        row.seq,
    )


def _mailbox_of_a_lie(left: Left) -> bool:
    """Take a mailbox away that nobody asked about."""
    asked = {row.recipient.lower() for row in left.first.books.attempts}
    row = next((row for row in left.first.books.mailboxes if row.address not in asked), None)
    if row is None or left.honest is None:
        return False
    return _books(left.runs, "DELETE FROM mailbox WHERE address = ?", row.address)


def _wrong_figure(left: Left) -> bool:
    for run in left.runs:
        file = run.folder / SCORECARD
        card = json.loads(file.read_text("utf-8"))
        card["delivered"] += 1
        file.write_text(json.dumps(card), "utf-8")
    return True


def _wrong_rate(left: Left) -> bool:
    """Take recall for a share of all recipients."""
    changed = False
    for run in left.runs:
        file = run.folder / SCORECARD
        card = json.loads(file.read_text("utf-8"))
        for score in card["classifiers"].values():
            known = score["recall"]
            score["recall"] = score["rightly_suppressed"] / (card["recipients"] + 1)
            changed = changed or score["recall"] != known
        file.write_text(json.dumps(card), "utf-8")
    return changed


def _broken_line(left: Left) -> bool:
    for run in left.runs:
        run.log.write_bytes(run.log.read_bytes()[:-5])
    return bool(left.first.books.attempts)


def _other_verdict(left: Left) -> bool:
    return _books(left.runs[2:3], "UPDATE classification SET reason = reason || '.' WHERE rowid = 1")


def _gave_up_early(left: Left) -> bool:
    """Whether somebody was deferred, and the sender had time for another attempt."""
    retry = left.loaded.scenario.sender.retry
    least = min(each.give_up_after for each in waits_of(retry))
    most = max(each.first for each in waits_of(retry))
    return any(
        not is_final(attempts[-1]) and attempts[-1].number == 1 and attempts[-1].duration_s + most < least
        for attempts in left.first.attempts_by_key.values()
    )


def _tried_on(left: Left) -> bool:
    """Whether the sender decided to try again although all its times to give up were over."""
    most = max(each.give_up_after for each in waits_of(left.loaded.scenario.sender.retry))
    return left.loaded.scenario.sender.retest is None and any(
        one.at + one.duration_s - attempts[0].at >= most and other.number > one.number
        for attempts in left.first.attempts_by_key.values()
        for one, other in pairwise(attempts)
    )


def _anybody(outcome: Outcome) -> Callable[[Left], bool]:
    return lambda left: any(row.outcome == outcome for row in left.first.books.attempts)


def _reads_text(left: Left) -> bool:
    return len({row.recipient for row in left.first.books.readings if row.classifier == "text"}) > 1


def _any(_: Left) -> bool:
    return True


@contextmanager
def _never_again() -> Iterator[None]:
    with patch.object(RetrySchedule, "next_wait_s", lambda *_: None):
        yield


def _twice_as_long(seconds: float) -> Callable[[RetryCallState], bool]:
    return stop_after_delay(2 * seconds)


@contextmanager
def _always_again() -> Iterator[None]:
    """Let the sender send again what was delivered."""
    known = RetrySchedule.next_wait_s

    def next_wait_s(self: RetrySchedule, attempt: Attempt, elapsed_s: float) -> float | None:
        if attempt.number == 1 and attempt.outcome == Outcome.DELIVERED:
            return 60.0
        return known(self, attempt, elapsed_s)

    with patch.object(RetrySchedule, "next_wait_s", next_wait_s):
        yield


@contextmanager
def _counting() -> Iterator[None]:
    """Let a classifier remember whom it read before."""
    known = ByText.classify

    def classify(self: ByText, evidence: Evidence) -> Reading:
        before: list[str] = self.__dict__.setdefault("read", [])
        before.append(evidence.recipient)
        reading = known(self, evidence)
        return replace(reading, reason=f"{reading.reason}, after {before[0]}")

    with patch.object(ByText, "classify", classify):
        yield


@contextmanager
def _markup_by_script() -> Iterator[None]:
    piece = template.piece  # where the page takes its scripts from
    with patch.object(template, "piece", lambda name: piece(name).replace("textContent = text", "innerHTML = text")):
        yield


def _fails(*_: Any) -> None:
    raise RuntimeError("a canary")


CANARIES: Final = (
    Canary("run that fails", "every-run-ends", _any, lambda: patch.object(JudgedRun, "write", _fails)),
    Canary("moment of tcp", "same-books", _moment),
    Canary("lost decision", "books-join", _lost_decision),
    Canary("doubled decision", "books-join", _doubled_decision),
    Canary("wrong join", "heard-as-said", _wrong_join),
    Canary("other words", "heard-as-said", _other_words),
    Canary("recipient given up", "final-word", _gave_up_early, _never_again),
    Canary("doubled mail", "sent-once", _anybody(Outcome.DELIVERED), _always_again),
    Canary("limit not kept", "sender-keeps-limits", _limit_not_kept),
    Canary("attempt too soon", "sender-keeps-limits", _too_soon),
    Canary(
        "sender that never gives up",
        "sender-keeps-limits",
        _tried_on,
        lambda: patch.object(retry, "stop_after_delay", _twice_as_long),
    ),
    Canary("lost report", "what-came-back", _lost_report),
    Canary("mail read early", "what-came-back", _read_early),
    Canary("leaked lie", "lies-change-words", _leaked_lie),
    Canary("mailbox of a lie", "lies-change-words", _mailbox_of_a_lie),
    Canary("wrong figure", "card-adds-up", _wrong_figure),
    Canary("wrong rate", "card-adds-up", _wrong_rate),
    Canary("broken log line", "log-is-whole", _broken_line),
    Canary("other verdict", "same-verdicts", _other_verdict),
    Canary("verdict by order", "same-verdicts", _reads_text, _counting),
    Canary(
        "raw escape",
        "harmless-reports",
        _any,
        lambda: patch.object(recipient_story, "harmless", lambda text: text),
    ),
    Canary("raw element", "harmless-reports", _any, lambda: patch.object(page, "_ESCAPES", {})),
    Canary("script that writes markup", "harmless-reports", _any, _markup_by_script),
)
