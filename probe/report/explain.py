"""Explains the verdict of the ``context`` classifier on one recipient: attempts, evidence, weights, verdict.

The truth is not used, as a classifier does not know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from probe.classify.context import Context
from probe.classify.context.explain import explain_verdict
from probe.classify.evidence import Evidence
from probe.harmless import harmless
from probe.judge.books import CampaignStream, LaneReader
from probe.ledger import Ledger
from probe.report.event_lines import attempt_lines, moment, returned_lines


def explain(ledger: Ledger, recipient: str) -> Iterator[str]:
    """Yield harmless lines about a recipient, campaign by campaign; none if the recipient is in no campaign."""
    wanted = recipient.lower()
    context, books = Context(), LaneReader(ledger)
    for campaign in ledger.campaigns:
        found: list[Evidence] = []
        everybody = CampaignStream(books, campaign, books.lanes)
        reader = context.reader([context.observe(_watched(everybody, wanted, found))])
        for evidence in found[:1]:
            lines = [
                f"{evidence.recipient} in {campaign}",
                "",
                *_events(evidence),
                "",
                *explain_verdict(reader, evidence),
                "",
            ]
            yield from map(harmless, lines)


def _watched(campaign: Iterable[Evidence], wanted: str, found: list[Evidence]) -> Iterator[Evidence]:
    """Pass evidence on, and remember what is about a recipient."""
    for evidence in campaign:
        if evidence.recipient.lower() == wanted:
            found.append(evidence)
        yield evidence


def _events(evidence: Evidence) -> Iterator[str]:
    """Yield the events of the recipient itself."""
    for past in evidence.before:
        yield f"{moment(past.last.at)}  before: {past.last.campaign} was {'bounced' if past.bounced else 'delivered'}"
    for what in evidence.opened:
        yield f"{moment(what.at)}  before: {what.kind}"
    described = [
        *((attempt.at, attempt_lines(attempt, None)) for attempt in evidence.attempts),
        *((row.at, returned_lines(row)) for row in evidence.returned),
    ]
    for at, (first, *others) in described:
        yield f"{moment(at)}  {first}"
        yield from (f"  {line}" for line in others)
