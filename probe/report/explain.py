"""Explains the verdict of the ``context`` classifier on one recipient: attempts, evidence, weights, verdict.

The truth is not used, as a classifier does not know it.
"""

from __future__ import annotations

from collections.abc import Iterator

from probe.classify.context.arrivals import gather
from probe.classify.context.explain import explain_verdict
from probe.classify.context.reader import Reader
from probe.classify.context.weights import shipped
from probe.classify.evidence import Evidence
from probe.harmless import harmless
from probe.judge.story import build_stories
from probe.ledger import Ledger
from probe.report.event_lines import attempt_lines, moment, returned_lines


def explain(ledger: Ledger, recipient: str) -> Iterator[str]:
    """Yield harmless lines about a recipient, campaign by campaign; none if the recipient is in no campaign."""
    wanted = recipient.lower()
    pairs = ((attempt, None) for attempt in ledger.attempts())
    campaigns: dict[str, dict[str, Evidence]] = {}
    for (campaign, address), story in build_stories(pairs, {}, ledger.returned(), ledger.engagements()).items():
        campaigns.setdefault(campaign, {})[address] = story.evidence
    for name, recipients in campaigns.items():
        found = next((address for address in recipients if address.lower() == wanted), None)
        if found is None:
            continue
        reader = Reader(gather(recipients.values()), shipped())
        lines = [
            f"{found} in {name}",
            "",
            *_events(recipients[found]),
            "",
            *explain_verdict(reader, recipients, found),
            "",
        ]
        yield from map(harmless, lines)


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
