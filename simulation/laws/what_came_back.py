"""Law: every report comes back and is about whom it was sent for, and nobody reads what did not arrive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fake_gateways.truth import Fate
from probe.records.rows import EXPERIMENTS
from simulation.laws.law import Law
from simulation.laws.left import Left, Run


def _broken(left: Left) -> Iterator[str]:
    sender = left.loaded.scenario.sender
    for run in left.all_runs:
        if not run.ended:
            continue
        yield from (f"{run.name}: {what}" for what in _unread(run))
        yield from (f"{run.name}: {what}" for what in _of_others(run))
        # A return-path whose name is an alias has no mailbox of its own.
        if not any((record.name, record.type) == (sender.return_path, "CNAME") for record in left.loaded.scenario.dns):
            is_exact = sender.recipients_per_transaction == 1
            yield from (f"{run.name}: {what}" for what in _lost(run, is_exact=is_exact))


def _lost(run: Run, *, is_exact: bool) -> Iterator[str]:
    """Yield the return-paths to which not everything came back that was sent to them, or more."""
    sent = Counter(row.return_path for row in run.books.reports)
    came = Counter(row.return_path for row in run.books.returned)
    for path in sorted(sent.keys() | came.keys()):
        if came[path] < sent[path] or (is_exact and came[path] > sent[path]) or (came[path] and not sent[path]):
            yield f"{sent[path]} messages were sent to {path}, and {came[path]} came back"


def _of_others(run: Run) -> Iterator[str]:
    """Yield what came back and is taken for news of somebody to whom nothing was sent with that return-path."""
    known = {(row.return_path, row.campaign, row.recipient.lower()) for row in run.books.attempts}
    known |= {(row.return_path, EXPERIMENTS, row.asked.lower()) for row in run.books.probes}
    for row in run.books.returned:
        if row.joined_by == "return-path" and (row.return_path, row.campaign, row.recipient.lower()) not in known:
            yield f"mail to {row.return_path} is taken for news of {row.recipient} in {row.campaign}"


def _unread(run: Run) -> Iterator[str]:
    arrived = {
        (row.recipient, row.message_id): row.at for row in run.books.truths if row.fate in {Fate.INBOX, Fate.JUNK}
    }
    for row in run.books.engagements:
        if row.at < arrived.get((row.recipient, row.message_id), float("inf")):
            yield f"{row.recipient} {row.kind} a message that had not arrived: {row}"


LAW = Law("what-came-back", _broken)
