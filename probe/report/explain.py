"""Tells one verdict's story from the books of a run: attempts, what was heard around them, weights, verdict.

The truth is not looked at, as a classifier would not.
"""

from __future__ import annotations

from collections.abc import Iterator

from probe.classify.context import gather
from probe.classify.context.explain import explain_verdict
from probe.classify.context.reader import Reader
from probe.classify.context.weights import shipped
from probe.classify.evidence import Evidence
from probe.harmless import harmless
from probe.judge.story import stories
from probe.ledger import Ledger
from probe.report.event_lines import moment


def explain(ledger: Ledger, recipient: str) -> Iterator[str]:
    """Yield lines about a recipient, campaign by campaign; none where it stands nowhere. They are harmless."""
    wanted = recipient.lower()
    pairs = ((attempt, None) for attempt in ledger.attempts())
    campaigns: dict[str, dict[str, Evidence]] = {}
    for (campaign, address), story in stories(pairs, {}, ledger.returned(), ledger.engagements()).items():
        campaigns.setdefault(campaign, {})[address] = story.evidence
    for name, everybody in campaigns.items():
        found = next((address for address in everybody if address.lower() == wanted), None)
        if found is None:
            continue
        reader = Reader(gather(everybody), shipped())
        reader.prepare(everybody.values())
        lines = [
            f"{found} in {name}",
            "",
            *_heard(everybody[found]),
            "",
            *explain_verdict(reader, everybody, found),
            "",
        ]
        yield from map(harmless, lines)


def _heard(evidence: Evidence) -> Iterator[str]:
    """Yield what is known of the recipient itself."""
    for past in evidence.before:
        yield f"{moment(past.last.at)}  before: {past.last.campaign} was {'bounced' if past.bounced else 'delivered'}"
    for what in evidence.opened:
        yield f"{moment(what.at)}  before: {what.kind}"
    for attempt in evidence.attempts:
        said = (
            f"{attempt.code} {attempt.enhanced or ''} {attempt.text}"
            if attempt.code
            else f"{attempt.failure}: {attempt.text}"
        )
        yield f"{moment(attempt.at)}  {attempt.outcome} at {attempt.stage} from {attempt.local_address or 'nowhere'}"
        yield f"  {' '.join(said.split())}"
    for row in evidence.returned:
        yield f"{moment(row.at)}  {row.kind} came home: {' '.join((row.status or '', row.text)).strip()[:200]}"
