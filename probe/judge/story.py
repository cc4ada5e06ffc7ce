"""A recipient's story in one campaign: the evidence that classifiers see, and the truth that they do not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from fake_gateways.people.directory import MailboxState, state_at
from fake_gateways.people.readers import Engagement
from fake_gateways.truth import Cause, Truth
from probe.classify.evidence import Diagnosed, Evidence, Opened
from probe.classify.reading import Reading
from probe.records.attempt import Attempt, Failure
from probe.records.returned import Returned, by_recipient
from probe.records.rows import Diagnosis, Mailbox

_CAUSES: Final[Mapping[str, Cause]] = {cause: cause for cause in Cause}
_STATES: Final[Mapping[str, MailboxState]] = {state: state for state in MailboxState}
"""By what the books say; to call an Enum takes ten times as long."""
Key = tuple[str, str]
"""A campaign and a recipient. The campaign is empty if another system sent the mail."""


def name_of(key: Key) -> str:
    """Return ``campaign/recipient``, or the recipient alone where no campaign is known."""
    return "/".join(filter(None, key))


class Story(NamedTuple):
    """A recipient's attempts in one campaign, the decision on the last one, and the state of the mailbox then.

    ``gateway`` is the one in front of the mailbox, empty if no company has the mailbox. ``lane`` is that of the
    attempts. The evidence does not have it, because lanes have the names of gateways, which might help a classifier.
    """

    evidence: Evidence
    truth: Truth | None
    mailbox: MailboxState
    gateway: str = ""
    lane: str = ""

    @property
    def cause(self) -> Cause | None:
        """The true cause of the last failure, None if the last attempt did not fail.

        Where no gateway decided, the cause is the network, or a domain that takes no mail.
        """
        if self.truth is not None:
            return None if self.truth.cause is None else _CAUSES[self.truth.cause]
        failure = self.evidence.last.failure
        if failure is None:
            return None if not self.evidence.bounced else Cause.UNKNOWN  # at a foreign server
        return Cause.BAD_DOMAIN if failure == Failure.NO_ROUTE else Cause.NETWORK


class JudgedRecipient(NamedTuple):
    """One recipient of one campaign: its story, and the reading of each classifier by the classifier's name."""

    key: Key
    story: Story
    readings: Mapping[str, Reading]


def judged(stories: Mapping[Key, Story], readings: Mapping[str, Mapping[Key, Reading]]) -> Iterator[JudgedRecipient]:
    """Yield every recipient with its story and the readings there are of it, in the order of the stories."""
    for key, story in stories.items():
        yield JudgedRecipient(key, story, {name: each[key] for name, each in readings.items() if key in each})


def gathered(recipients: Iterable[JudgedRecipient]) -> tuple[dict[Key, Story], dict[str, dict[Key, Reading]]]:
    """Return the stories and each classifier's readings of a small run."""
    stories: dict[Key, Story] = {}
    readings: dict[str, dict[Key, Reading]] = {}
    for key, story, read in recipients:
        stories[key] = story
        for name, reading in read.items():
            readings.setdefault(name, {})[key] = reading
    return stories, readings


def build_stories(
    pairs: Iterable[tuple[Attempt, Truth | None]],
    mailboxes: Mapping[str, Mailbox],
    returned: Iterable[Returned] = (),
    engagements: Iterable[Engagement] = (),
    diagnoses: Mapping[Key, Diagnosis] | None = None,
) -> dict[Key, Story]:
    """Collect the attempts of each recipient by campaign, with returned mail and the evidence of earlier campaigns.

    An address that no directory has counts as departed.
    """
    diagnoses = diagnoses or {}
    gathered: dict[Key, list[tuple[Attempt, Truth | None]]] = {}
    for pair in pairs:
        gathered.setdefault((pair[0].campaign, pair[0].recipient), []).append(pair)
    came_back = by_recipient(returned)
    opened: dict[str, list[Opened]] = {}
    for engagement in engagements:
        what = Opened(engagement.at, engagement.kind, engagement.message_id)
        opened.setdefault(engagement.recipient.lower(), []).append(what)
    stories: dict[Key, Story] = {}
    before: dict[str, list[Evidence]] = {}
    for (campaign, recipient), each in sorted(gathered.items(), key=lambda item: item[1][0][0].at):
        key = recipient.lower()
        first, last = each[0][0], each[-1][0]
        evidence = Evidence(
            recipient,
            tuple(attempt for attempt, _ in each),
            tuple(came_back.get((campaign, key), ())),
            tuple(
                past if past.diagnosis is None else _as_of(past, first.at)
                for past in before.get(key, ())
                if past.last.at < first.at
            ),
            tuple(what for what in sorted(opened.get(key, ())) if what.at < first.at),
            None if (known := diagnoses.get((campaign, recipient))) is None else _diagnosed(known),
        )
        before.setdefault(key, []).append(evidence)
        mailbox = mailboxes.get(key)
        stories[campaign, recipient] = Story(
            evidence, each[-1][1], state_of(mailbox, last.at + last.duration_s), mailbox.gateway if mailbox else ""
        )
    return stories


def _diagnosed(row: Diagnosis) -> Diagnosed:
    causes = {_CAUSES[cause]: float(weight) for cause, weight in json.loads(row.causes).items()}
    return Diagnosed(causes, row.alive, row.asked, row.at)


def _as_of(past: Evidence, at: float) -> Evidence:
    """Return the evidence of an earlier campaign without what was found out only later."""
    return past if past.diagnosis is not None and past.diagnosis.at < at else replace(past, diagnosis=None)


def state_of(mailbox: Mailbox | None, at: float) -> MailboxState:
    """Return the state of a mailbox at a time in seconds since the epoch, departed if no directory has it."""
    if mailbox is None:
        return MailboxState.DEPARTED
    return state_at(_STATES[mailbox.state], mailbox.left_at, at)


def without_lanes(stories: Mapping[Key, Story]) -> dict[Key, Story]:
    """Return the stories as classifiers see them: without lanes, whose names are those of gateways and might help."""
    done: dict[int, Evidence] = {}

    def hide(evidence: Evidence) -> Evidence:
        if id(evidence) not in done:
            done[id(evidence)] = replace(
                evidence,
                attempts=tuple(attempt._replace(lane="") for attempt in evidence.attempts),
                returned=tuple(row._replace(lane="") for row in evidence.returned),
                before=tuple(map(hide, evidence.before)),
            )
        return done[id(evidence)]

    return {key: story._replace(evidence=hide(story.evidence)) for key, story in stories.items()}
