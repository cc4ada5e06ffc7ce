"""Replays the campaigns of a run under suppression policies: who loses mail, and which dead addresses get it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from probe.classify.evidence import Evidence
from probe.classify.reading import ChosenClassifier, Classifier, Reading, is_recipient_classifier
from probe.input_error import InputError
from probe.judge.errors import ErrorCounts
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story, without_lanes
from probe.studies.suppression.policies import NEVER, PastMessage, Policy, usual
from probe.studies.suppression.rounds import known_at, rounds


@dataclass
class MessageErrors(ErrorCounts):
    """Messages of a campaign, or of all: those to mailboxes that were alive or gone when they were sent.

    ``wrongly_suppressed`` are not sent although the mailbox is alive; ``lost_delivered`` of them arrived in the books.
    ``missed_dead`` are sent to a mailbox that is gone. ``retests`` are further messages to those that were mailed.
    """

    lost_delivered: int = 0
    retests: int = 0


@dataclass
class PolicyOutcome:
    """The result of a policy, with bounces as ``classifier`` reads them, by campaign in the order of their start.

    ``losers`` is the number of addresses that missed a message while the mailbox was alive.
    """

    policy: str
    classifier: str
    campaigns: dict[str, MessageErrors] = field(default_factory=dict)
    losers: int = 0

    @property
    def total(self) -> MessageErrors:
        """All campaigns together."""
        return sum(self.campaigns.values(), MessageErrors())


@dataclass
class _Address:
    """What a sender under a policy knows of an address: the messages it sent, and those it did not."""

    past_messages: list[PastMessage] = field(default_factory=list)
    sent: list[Evidence] = field(default_factory=list)
    unsent: set[str] = field(default_factory=set)
    is_loser: bool = False

    def past(self, at: float) -> tuple[PastMessage, ...]:
        """Return the messages whose result was known at a time; some come later where campaigns overlap."""
        return tuple(sorted((each for each in self.past_messages if each.at <= at), key=lambda each: each.at))

    def as_known(self, evidence: Evidence) -> Evidence:
        """Return the evidence without the messages that were not sent, and without their opens."""
        if not self.unsent:
            return evidence
        campaigns = {each.last.campaign for each in evidence.before}
        return dataclasses.replace(
            evidence,
            before=tuple(each for each in self.sent if each.last.campaign in campaigns),
            opened=tuple(each for each in evidence.opened if each.message_id not in self.unsent),
        )


class Replay:
    """The campaigns of a run, in the order of their start, with bounces as one classifier reads them.

    The gateways' decisions stay as they were. Under a policy they would have seen less mail, and perhaps have given
    its sender a better reputation; a replay cannot know that.
    """

    def __init__(self, stories: Mapping[Key, Story], name: str, classifier: Classifier) -> None:
        """Let the classifier read all recipients; raises ClassifierError."""
        self._name, self._classifier = name, classifier
        stories = _told_in_time(without_lanes(stories))
        self._campaigns: dict[str, dict[Key, Story]] = {}
        for key, story in sorted(stories.items(), key=lambda item: (_began(item[1]), item[0])):
            self._campaigns.setdefault(key[0], {})[key] = story
        self._readings = read_all(name, classifier, stories)

    def of(self, name: str, policy: Policy) -> PolicyOutcome:
        """Return the result of a policy; raises InputError where the policy fails, and ClassifierError."""
        outcome = PolicyOutcome(name, self._name)
        addresses: dict[str, _Address] = {}
        for campaign, stories in self._campaigns.items():
            part = outcome.campaigns[campaign] = MessageErrors()
            sent: dict[Key, Story] = {}
            for key, story in stories.items():
                address = addresses.setdefault(key[1].lower(), _Address())
                at, alive = _began(story), story.mailbox.alive
                suppressed = _suppresses(name, policy, address.past(at), at)
                part.count(alive=alive, suppressed=suppressed)
                if not suppressed:
                    sent[key] = story._replace(evidence=address.as_known(story.evidence))
                    part.retests += len(rounds(story.evidence)) - 1
                    continue
                address.unsent |= {attempt.message_id for attempt in story.evidence.attempts}
                address.is_loser |= alive
                part.lost_delivered += alive and not story.evidence.bounced
            readings = self._read(stories, sent)
            for key, story in sent.items():
                address, evidence = addresses[key[1].lower()], story.evidence
                address.sent.append(evidence)
                address.past_messages.append(PastMessage(campaign, known_at(evidence), evidence.bounced, readings[key]))
        outcome.losers = sum(each.is_loser for each in addresses.values())
        return outcome

    def _read(self, stories: Mapping[Key, Story], sent: Mapping[Key, Story]) -> Mapping[Key, Reading]:
        """Return the readings of what was sent; the classifier reads again where it would have known less."""
        changed = {key: story for key, story in sent.items() if story.evidence is not stories[key].evidence}
        if not is_recipient_classifier(self._classifier) and (changed or len(sent) < len(stories)):
            changed = dict(sent)
        known = {key: self._readings[key] for key in sent}
        return known | read_all(self._name, self._classifier, changed) if changed else known


def _began(story: Story) -> float:
    return story.evidence.attempts[0].at


def _told_in_time(stories: Mapping[Key, Story]) -> dict[Key, Story]:
    """Return the stories without diagnoses that were made after the next message to the same address was sent."""
    found = dict(stories)
    next_began: dict[str, float] = {}
    for key, story in sorted(stories.items(), key=lambda item: -_began(item[1])):
        diagnosis, address = story.evidence.diagnosis, key[1].lower()
        if diagnosis is not None and diagnosis.at >= next_began.get(address, math.inf):
            found[key] = story._replace(evidence=dataclasses.replace(story.evidence, diagnosis=None))
        next_began[address] = _began(story)
    return found


def _suppresses(name: str, policy: Policy, past: tuple[PastMessage, ...], at: float) -> bool:
    try:
        answer: object = policy(past, at)
    except Exception as error:
        problem = f"failed ({type(error).__name__}: {error})"
        raise InputError(f"--policy {name}", problem, "correct it") from error
    if not isinstance(answer, bool):
        problem = f"answered {answer!r:.80}"
        raise InputError(f"--policy {name}", problem, "let it return True for an address that gets nothing, or False")
    return answer


def try_out(
    stories: Mapping[Key, Story], classifiers: Iterable[ChosenClassifier], policies: Mapping[str, Policy] | None
) -> list[PolicyOutcome]:
    """Return the result of each policy with each classifier, by default of the usual policies.

    The policy ``never`` does not depend on the classifier and is tried once. Raises InputError and ClassifierError.
    """
    found: list[PolicyOutcome] = []
    for chosen in classifiers:
        with chosen.open() as classifier:
            replay = Replay(stories, chosen.name, classifier)
            for name, policy in (policies or usual(chosen.name)).items():
                if name != NEVER or all(each.policy != NEVER for each in found):
                    found.append(replay.of(name, policy))
    return found
