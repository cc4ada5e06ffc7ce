"""Replays the campaigns of a run under suppression policies: who would have lost mail, and who is gone and gets it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from probe.classify.evidence import Evidence
from probe.classify.reading import ChosenClassifier, Classifier, Reading
from probe.input_error import InputError
from probe.judge.interval import wilson
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story, blinded
from probe.studies.suppression.policies import NEVER, Hearing, Policy, usual


@dataclass
class Part:
    """Messages of a campaign, or of all: those to mailboxes ``living`` and ``gone`` when they went out.

    Of the living ``lost`` are not sent under the policy, ``lost_delivered`` of which arrived when they were sent in the
    books. ``dead`` are sent to the gone.
    """

    living: int = 0
    gone: int = 0
    lost: int = 0
    lost_delivered: int = 0
    dead: int = 0

    @property
    def lost_rate(self) -> float:
        """Share of the messages to the living that are not sent."""
        return self.lost / self.living if self.living else 0.0

    @property
    def dead_rate(self) -> float:
        """Share of the messages to the gone that are sent."""
        return self.dead / self.gone if self.gone else 0.0

    @property
    def lost_interval(self) -> tuple[float, float]:
        """What the share lost may be in truth (Wilson, 95 %)."""
        return wilson(self.lost, self.living)

    @property
    def dead_interval(self) -> tuple[float, float]:
        """What the share sent to the gone may be in truth (Wilson, 95 %)."""
        return wilson(self.dead, self.gone)


@dataclass
class Outcome:
    """What a policy comes to, with bounces as ``classifier`` reads them, by campaign in the order they began.

    ``losers`` is how many addresses missed a message while somebody was there to read it.
    """

    policy: str
    classifier: str
    campaigns: dict[str, Part] = field(default_factory=dict)
    losers: int = 0

    @property
    def total(self) -> Part:
        """All campaigns together."""
        parts = [dataclasses.astuple(part) for part in self.campaigns.values()]
        return Part(*map(sum, zip(*parts, strict=True)))


@dataclass
class _Address:
    """What a policy's sender knows of an address: what it heard, and what it did not send."""

    heard: list[Hearing] = field(default_factory=list)
    sent: list[Evidence] = field(default_factory=list)
    unsent: set[str] = field(default_factory=set)
    is_loser: bool = False

    def past(self, at: float) -> tuple[Hearing, ...]:
        """Return what was heard by a moment: not all, where campaigns overlap or reports come late."""
        return tuple(sorted((each for each in self.heard if each.at <= at), key=lambda each: each.at))

    def as_known(self, evidence: Evidence) -> Evidence:
        """Return the evidence without the messages that were not sent, and what was opened of them."""
        if not self.unsent:
            return evidence
        campaigns = {each.last.campaign for each in evidence.before}
        return dataclasses.replace(
            evidence,
            before=tuple(each for each in self.sent if each.last.campaign in campaigns),
            opened=tuple(each for each in evidence.opened if each.message_id not in self.unsent),
        )


class Replay:
    """The campaigns of a run, as one classifier reads their bounces, for policies to be tried on.

    Campaigns are taken in the order they began. What the gateways decided stays as it was: they would have seen less
    mail, and perhaps have thought better of its sender, which no replay can tell.
    """

    def __init__(self, told: Mapping[Key, Story], name: str, classifier: Classifier) -> None:
        """Let the classifier read what was sent; raises ClassifierError."""
        self._name, self._classifier = name, classifier
        told = blinded(told)
        self._campaigns: dict[str, dict[Key, Story]] = {}
        for key, story in sorted(told.items(), key=lambda item: (_began(item[1]), item[0])):
            self._campaigns.setdefault(key[0], {})[key] = story
        self._readings = read_all(name, classifier, told)

    def of(self, name: str, policy: Policy) -> Outcome:
        """Return what a policy would have come to; raises InputError where it fails, and ClassifierError."""
        outcome = Outcome(name, self._name)
        addresses: dict[str, _Address] = {}
        for campaign, told in self._campaigns.items():
            part = outcome.campaigns[campaign] = Part()
            sent: dict[Key, Story] = {}
            for key, story in told.items():
                address = addresses.setdefault(key[1].lower(), _Address())
                at, alive = _began(story), story.mailbox.alive
                part.living += alive
                part.gone += not alive
                if not _suppresses(name, policy, address.past(at), at):
                    part.dead += not alive
                    sent[key] = story._replace(evidence=address.as_known(story.evidence))
                    continue
                address.unsent |= {attempt.message_id for attempt in story.evidence.attempts}
                address.is_loser |= alive
                part.lost += alive
                part.lost_delivered += alive and not story.evidence.bounced
            readings = self._read(told, sent)
            for key, story in sent.items():
                address, evidence = addresses[key[1].lower()], story.evidence
                address.sent.append(evidence)
                address.heard.append(Hearing(campaign, _ended(evidence), evidence.bounced, readings[key]))
        outcome.losers = sum(each.is_loser for each in addresses.values())
        return outcome

    def _read(self, told: Mapping[Key, Story], sent: Mapping[Key, Story]) -> Mapping[Key, Reading]:
        """Return the classifier's word on what was sent, asking again where it would have known less."""
        changed = {key: story for key, story in sent.items() if story.evidence is not told[key].evidence}
        if hasattr(self._classifier, "classify_campaign") and (changed or len(sent) < len(told)):
            changed = dict(sent)
        known = {key: self._readings[key] for key in sent}
        return known | read_all(self._name, self._classifier, changed) if changed else known


def _began(story: Story) -> float:
    return story.evidence.attempts[0].at


def _ended(evidence: Evidence) -> float:
    ended = evidence.last.at + evidence.last.duration_s
    return ended if evidence.report is None else max(ended, evidence.report.at)


def _suppresses(name: str, policy: Policy, past: tuple[Hearing, ...], at: float) -> bool:
    try:
        said: object = policy(past, at)
    except Exception as error:
        problem = f"failed ({type(error).__name__}: {error})"
        raise InputError(f"--policy {name}", problem, "correct it") from error
    if not isinstance(said, bool):
        problem = f"answered {said!r:.80}"
        raise InputError(f"--policy {name}", problem, "let it return True for an address that gets nothing, or False")
    return said


def try_out(
    told: Mapping[Key, Story], readers: Iterable[ChosenClassifier], policies: Mapping[str, Policy] | None
) -> list[Outcome]:
    """Return what policies come to with each reader of bounces, the usual ones if none are named.

    Whoever suppresses nobody needs no reader, and is tried once. Raises InputError and ClassifierError.
    """
    found: list[Outcome] = []
    for reader in readers:
        with reader.open() as classifier:
            replay = Replay(told, reader.name, classifier)
            for name, policy in (policies or usual(reader.name)).items():
                if name != NEVER or all(each.policy != NEVER for each in found):
                    found.append(replay.of(name, policy))
    return found
