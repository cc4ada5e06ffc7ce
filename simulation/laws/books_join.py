"""Law: every decision is in the books once, and every attempt or experiment that got a reply has its decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from fake_gateways.truth import Fate, Truth
from probe.records.attempt import Attempt, Outcome
from simulation.laws.law import Law
from simulation.laws.left import Left, Run

Said = tuple[str, str, int | None, str | None, str]
"""Where, to whom, and what."""
_SLACK_S: Final = 1e-3


def _broken(left: Left) -> Iterator[str]:
    for run in left.all_runs:
        if run.has_books:
            yield from (f"{run.name}: {what}" for what in _of(run))
    yield from _as_the_judge(left.first)


def _of(run: Run) -> Iterator[str]:
    attempts, truths = run.books.attempts, run.books.truths
    yield from _gaps("attempts of", ((row.lane, row.seq) for row in attempts))
    yield from _gaps("decisions of", ((row.gateway, row.seq) for row in truths))
    for attempt in run.joined.orphaned_attempts:
        yield f"an attempt has no decision: {attempt}"
    for truth in run.joined.orphaned_truths:
        yield f"a decision has no attempt: {truth}"
    experiments = {row.return_path for row in run.books.probes}  # some name a recipient several times
    yield from _decided_twice(row for row in truths if row.return_path not in experiments)
    # Counted without the judge: what was heard of each return-path and recipient was said.
    heard, said = _heard(attempts), _said(truths)
    for key, times in (heard - said).items():
        yield f"{times} replies were heard that nobody said: {key}"
    yield from _experiments(run)


def _experiments(run: Run) -> Iterator[str]:
    """Yield the experiments that were refused, or deferred, by nobody. What an accepted one says is no decision yet."""
    books = run.books
    yield from _gaps("experiments of", ((row.lane, row.seq) for row in books.probes))
    said: dict[Said, list[float]] = {}
    for row in books.truths if books.probes else ():
        for whose in (row.return_path or "", f"{row.peer_address} {row.peer_port}"):
            said.setdefault((row.address, whose, row.code, row.enhanced, " ".join(row.text.split())), []).append(row.at)
    for each in books.probes:
        if each.failure is None and each.outcome != Outcome.DELIVERED:
            is_early = each.stage in BEFORE_MAIL
            whose = f"{each.local_address} {each.local_port}" if is_early else each.return_path
            key = each.mx_address, whose, each.code, each.enhanced, " ".join(each.text.split())
            if not any(each.at - _SLACK_S <= at <= each.at + each.duration_s + _SLACK_S for at in said.get(key, ())):
                yield f"an experiment has no decision: {each}"


def _as_the_judge(run: Run) -> Iterator[str]:
    """Compare the decisions on last attempts with those that the judge found, who joins all gateways of a lane."""
    if run.result is None:
        return
    last = {(attempt.campaign, attempt.recipient): truth for attempt, truth in run.joined.pairs}
    for key, story, _ in run.result.recipients():
        mine = last.get(key)
        if story.truth != mine:
            yield f"the judge has another decision on {key}: {story.truth}, not {mine}"


def _decided_twice(truths: Iterable[Truth]) -> Iterator[str]:
    decided = Counter(
        (row.gateway, row.session, row.transaction, row.recipient)
        for row in truths
        if row.return_path and row.recipient
    )
    for key, times in decided.items():
        if times > 1:
            yield f"{times} decisions about one recipient in one transaction: {key}"


def _said(truths: Iterable[Truth]) -> Counter[tuple[str, str, int | None]]:
    return Counter(
        (row.return_path, row.recipient, row.code)
        for row in truths
        if row.return_path and row.recipient and row.fate != Fate.CUT
    )


def _heard(attempts: Iterable[Attempt]) -> Counter[tuple[str, str, int | None]]:
    return Counter(
        (row.return_path, row.recipient, row.code)
        for row in attempts
        if row.failure is None and row.stage not in BEFORE_MAIL and row.stage != Stage.MAIL
    )


def _gaps(what: str, numbers: Iterable[tuple[str, int]]) -> Iterator[str]:
    found: dict[str, list[int]] = {}
    for owner, number in numbers:
        found.setdefault(owner, []).append(number)
    for owner, of_owner in found.items():
        if of_owner != list(range(1, len(of_owner) + 1)):
            missing = sorted(set(range(1, max(of_owner) + 1)) - set(of_owner))
            yield f"the {what} {owner} are not numbered from 1 to {len(of_owner)}: missing {missing[:5]}"


LAW = Law("books-join", _broken)
