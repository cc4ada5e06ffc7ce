"""What the judge knows of one delivery of a campaign: the evidence a classifier may see, and the truth it may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fake_gateways.audience import Engagement
from fake_gateways.mailboxes import MailboxState, state_at
from fake_gateways.truth import Truth
from probe.attempt import Attempt
from probe.classify.evidence import Evidence, Opened
from probe.coming_home import Returned, by_recipient
from probe.ledger.schema import Mailbox

Key = tuple[str, str]
"""A campaign and a recipient."""


class Story(NamedTuple):
    """A recipient's attempts in one campaign, the decision behind the last, and the state of its mailbox by then."""

    evidence: Evidence
    truth: Truth | None
    mailbox: MailboxState


def stories(
    pairs: Iterable[tuple[Attempt, Truth | None]],
    mailboxes: Mapping[str, Mailbox],
    returned: Iterable[Returned] = (),
    engagements: Iterable[Engagement] = (),
) -> dict[Key, Story]:
    """Gather each recipient's attempts by campaign, with what came home and what is known of it from before.

    An address that no directory has is nobody's any more.
    """
    gathered: dict[Key, list[tuple[Attempt, Truth | None]]] = {}
    for pair in pairs:
        gathered.setdefault((pair[0].campaign, pair[0].recipient), []).append(pair)
    home = by_recipient(returned)
    opened: dict[str, list[Opened]] = {}
    for engagement in engagements:
        what = Opened(engagement.at, engagement.kind, engagement.message_id)
        opened.setdefault(engagement.recipient.lower(), []).append(what)
    told: dict[Key, Story] = {}
    before: dict[str, list[Evidence]] = {}
    for (campaign, recipient), each in sorted(gathered.items(), key=lambda item: item[1][0][0].at):
        key = recipient.lower()
        first, last = each[0][0], each[-1][0]
        evidence = Evidence(
            recipient,
            tuple(attempt for attempt, _ in each),
            tuple(home.get((campaign, key), ())),
            tuple(past for past in before.get(key, ()) if past.last.at < first.at),
            tuple(what for what in sorted(opened.get(key, ())) if what.at < first.at),
        )
        before.setdefault(key, []).append(evidence)
        mailbox = mailboxes.get(key)
        state = (
            MailboxState.DEPARTED
            if mailbox is None
            else state_at(MailboxState(mailbox.state), mailbox.left_at, last.at + last.duration_s)
        )
        told[campaign, recipient] = Story(evidence, each[-1][1], state)
    return told
