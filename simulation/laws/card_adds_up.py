"""Law: the scorecard adds up, and counts what the books hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from probe.judge.scorecard import NAIVE
from probe.judge.story import state_of
from probe.records.attempt import Outcome
from probe.records.returned import by_recipient, is_bounce
from simulation.laws.law import Law
from simulation.laws.left import Left, Run


def _broken(left: Left) -> Iterator[str]:
    for run in left.all_runs:
        if run.ended:
            for what, counted, shown in _sums(run, run.card):
                if counted != shown:
                    yield f"{run.name}: {what}: the scorecard says {shown}, but it is {counted}"


def _sums(run: Run, card: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is counted, the number by another way, and the number of the scorecard."""
    books = run.books
    hard, truth = card["hard_bounces_reported"], card["truth"]
    yield "recipients", len(books.planned), card["recipients"]
    yield "attempts", len(books.attempts), card["attempts"]
    yield "books", books.digest, card["books"]
    parts = (card["delivered"], hard, card["refused_otherwise"], card["given_up"])
    yield "recipients, as their parts", sum(parts), card["recipients"]
    yield "hard bounces, as their parts", truth["recipient_fault"] + truth["disguised"] + truth["misread"], hard
    yield "alive and gone", truth["alive"] + truth["gone"], card["recipients"]
    yield from _by_rows(run, card)
    for name, of_whole in (("gateways", False), ("campaigns", True)):
        for figure in ("recipients", "delivered", "hard_bounces"):
            total = sum(part[figure] for part in card[name].values())
            whole = card[figure] if figure != "hard_bounces" else hard
            # A recipient at a domain without a company has no gateway.
            yield f"{figure} of {name}", total if of_whole else min(total, whole), whole if of_whole else total
    advised = {
        (row.campaign, row.recipient) for row in books.readings if (row.classifier, row.advice) == (NAIVE, "suppress")
    }
    if any(row.classifier == NAIVE for row in books.readings):
        yield "hard bounces, as readings", len(advised), hard
    for name, score in card["classifiers"].items():
        right, wrong = score["rightly_suppressed"], score["wrongly_suppressed"]
        suppressed = sum((row.classifier, row.advice) == (name, "suppress") for row in books.readings)
        yield f"suppressed by {name}", suppressed, right + wrong
        yield f"gone, by {name}", truth["gone"], score["rightly_suppressed"] + score["missed_dead"]


def _by_rows(run: Run, card: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Count from the rows, without the judge's stories."""
    mailboxes = {row.address: row for row in run.books.mailboxes}
    bounced = {key for key, rows in by_recipient(run.books.returned).items() if any(map(is_bounce, rows))}
    delivered = alive = 0
    for (campaign, recipient), attempts in run.attempts_by_key.items():
        last = attempts[-1]
        delivered += last.outcome == Outcome.DELIVERED and (campaign, recipient.lower()) not in bounced
        alive += state_of(mailboxes.get(recipient.lower()), last.at + last.duration_s).alive
    yield "delivered, as rows", delivered, card["delivered"]
    yield "alive, as rows", alive, card["truth"]["alive"]
    yield (
        "mail that came back",
        len(run.books.returned),
        sum(number for name, number in card["returned"].items() if name != "unjoined"),
    )


LAW = Law("card-adds-up", "the scorecard adds up", _broken)
