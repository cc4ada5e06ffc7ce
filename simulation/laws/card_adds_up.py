"""Law: the scorecard adds up, counts what the books hold, and has the rates of its counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import inf
from typing import Any, Final

from fake_gateways.truth import Fate
from probe.judge.scorecard import NAIVE
from probe.judge.story import state_of
from probe.records.attempt import Outcome
from probe.records.returned import by_recipient, is_bounce
from probe.records.rows import EXPERIMENTS
from simulation.laws.law import Law
from simulation.laws.left import Left, Run
from simulation.laws.rates import rates, share

_FATES: Final = {
    "junked": Fate.JUNK,
    "quarantined": Fate.QUARANTINED,
    "discarded": Fate.DISCARDED,
    "bounced_later": Fate.BOUNCED_LATER,
}


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
        yield from (
            (f"{what}, by {name}", is_, shown) for what, is_, shown in rates(score, truth["alive"], truth["gone"])
        )
    yield share("hard_bounce_rate", hard, card["recipients"], card)


def _by_rows(run: Run, card: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Count from the rows, without the judge's stories."""
    mailboxes = {row.address: row for row in run.books.mailboxes}
    returned = by_recipient(run.books.returned)

    def arrived(campaign: str, recipient: str) -> bool:
        *earlier, last = run.attempts_by_key[campaign, recipient]
        # What came back before another attempt is about an earlier message, if one was accepted.
        since = last.at if any(each.outcome == Outcome.DELIVERED for each in earlier) else -inf
        reports = returned.get((campaign, recipient.lower()), ())
        return last.outcome == Outcome.DELIVERED and not any(is_bounce(row) and row.at >= since for row in reports)

    delivered = sum(arrived(*key) for key in run.attempts_by_key)
    alive = {
        (campaign, recipient)
        for (campaign, recipient), each in run.attempts_by_key.items()
        if state_of(mailboxes.get(recipient.lower()), each[-1].at + each[-1].duration_s).alive
    }
    suppressed = [row for row in run.books.readings if row.advice == "suppress"]
    wrong = Counter(row.classifier for row in suppressed if (row.campaign, row.recipient) in alive)
    for name, score in card["classifiers"].items():
        yield f"alive and suppressed by {name}", wrong[name], score["wrongly_suppressed"]
    last = {(attempt.campaign, attempt.recipient): truth for attempt, truth in run.joined.pairs}
    causes = Counter(
        truth.cause
        for (campaign, recipient), truth in last.items()
        if truth is not None and truth.cause and not arrived(campaign, recipient)
    )
    for cause, score in card["truth"]["by_cause"].items():
        yield f"refused for {cause}", causes[cause], score["refused"]
    fates = Counter(truth.fate for truth in last.values() if truth is not None)
    for name, fate in _FATES.items():
        yield name, fates[fate], card[name]
    yield "delivered, as rows", delivered, card["delivered"]
    yield "alive, as rows", len(alive), card["truth"]["alive"]
    yield (
        "mail that came back",
        sum(row.campaign != EXPERIMENTS for row in run.books.returned),
        sum(number for name, number in card["returned"].items() if name != "unjoined"),
    )


LAW = Law("card-adds-up", _broken)
