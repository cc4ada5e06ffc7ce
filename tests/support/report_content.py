"""What a report is made of, made up by hand: people with their fates, gateways, words that peers said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from book_rows import STARTS, attempt, truth
from tallied import tallied

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading
from probe.classify.registry import BASELINES
from probe.judge.classifier_score import Site
from probe.judge.findings import find
from probe.judge.gates import Gate
from probe.judge.report_counts import ReportCounts
from probe.judge.run_classifier import read_all
from probe.judge.scorecard import Scorecard
from probe.judge.story import JudgedRecipient, Key, Story
from probe.judge.story import judged as all_of
from probe.report.html.page import PageContent
from probe.scenario.prices import MistakePrices

NAME_OF_RULES: Final = "rules"


class Person(NamedTuple):
    """A recipient: alive or not, tried at a moment at a gateway, refused for a cause (None: taken) in some words."""

    name: str
    alive: bool = True
    cause: Cause | None = None
    claimed: Cause | None = None
    text: str = "no such user"
    code: int = 550
    enhanced: str | None = "5.1.1"
    gateway: str = "acme"
    at: float = STARTS
    campaign: str = "news"
    tries: int = 1

    @property
    def key(self) -> Key:
        """Its place in the books."""
        return self.campaign, f"{self.name}@{self.gateway}.example"


def gone(name: str, at: float = STARTS, gateway: str = "acme") -> Person:
    """Return somebody who is no longer there, and of whom that is said."""
    return Person(name, alive=False, cause=Cause.USER_UNKNOWN, claimed=Cause.USER_UNKNOWN, at=at, gateway=gateway)


def lied(name: str, at: float = STARTS, gateway: str = "acme", text: str = "no such user") -> Person:
    """Return somebody alive who was refused for speed, and told not to be there."""
    claimed = Cause.USER_UNKNOWN
    return Person(name, cause=Cause.VELOCITY, claimed=claimed, at=at, gateway=gateway, text=text)


def kept(name: str, at: float = STARTS, gateway: str = "acme") -> Person:
    """Return somebody alive who was refused for speed, and told so."""
    cause = Cause.VELOCITY
    return Person(name, cause=cause, claimed=cause, code=451, enhanced="4.7.1", text="too fast", at=at, gateway=gateway)


def story(person: Person) -> Story:
    """Return somebody's story."""
    address = person.key[1]
    ok = person.cause is None
    last = attempt(
        campaign=person.campaign,
        recipient=address,
        at=person.at,
        number=person.tries,
        outcome="delivered" if ok else "refused" if person.code >= 500 else "deferred",
        code=250 if ok else person.code,
        enhanced=None if ok else person.enhanced,
        text="ok" if ok else person.text,
    )
    before = [
        last._replace(
            at=person.at - 300.0 * back, number=person.tries - back, outcome="deferred", code=451, text="later"
        )
        for back in range(person.tries - 1, 0, -1)
    ]
    decided = truth(
        gateway=person.gateway,
        recipient=address,
        at=person.at,
        cause=None if ok else person.cause,
        claimed=None if ok else person.claimed,
        honest=person.claimed == person.cause,
        fate="inbox" if ok else "refused",
        policy=None if ok else "velocity",
    )
    state = MailboxState.PRESENT if person.alive else MailboxState.DEPARTED
    return Story(Evidence(address, (*before, last)), decided, state, person.gateway)


class Sure:
    """A classifier that gives probabilities, wants some tested again, and explains itself in somebody's words."""

    def __init__(self, reason: str = "what it says") -> None:
        self._reason = reason
        self._code = BASELINES["code"]()

    def classify(self, evidence: Evidence) -> Reading:
        """Read one recipient."""
        found: Reading = self._code.classify(evidence)  # type: ignore[union-attr]
        alive = 0.9 if found.cause is None or "a" in evidence.recipient.partition("@")[0] else 0.2
        return Reading(None if alive > 0.5 else found.cause, self._reason, alive)


def read(
    people: Sequence[Person], *, rules: str = NAME_OF_RULES, reason: str = "what it says"
) -> tuple[dict[Key, Story], dict[str, dict[Key, Reading]]]:
    """Return the stories of people, and what the baselines and one more classifier read in them."""
    told = {person.key: story(person) for person in people}
    readers = {**{name: make() for name, make in BASELINES.items()}, rules: Sure(reason)}
    return told, {name: dict(read_all(name, reader, told)) for name, reader in readers.items()}


def judged(
    people: Sequence[Person], *, rules: str = NAME_OF_RULES, reason: str = "what it says"
) -> list[JudgedRecipient]:
    """Return people as they are counted."""
    told, readings = read(people, rules=rules, reason=reason)
    return list(all_of(told, readings))


def counts(
    people: Sequence[Person], *, naive: str = "code", rules: str = NAME_OF_RULES, reason: str = "what it says"
) -> ReportCounts:
    """Count people."""
    found = ReportCounts([*BASELINES, rules], naive)
    for each in judged(people, rules=rules, reason=reason):
        found.count(each)
    return found


def content(
    people: Sequence[Person],
    *,
    title: str = "A story",
    gates: Sequence[Gate] = (),
    rules: str = NAME_OF_RULES,
    reason: str = "what it says",
    prices: MistakePrices | None = None,
    dialogue: Callable[[tuple[str, int]], str] | None = None,
) -> PageContent:
    """Return what the report of these people is made of, as read by the baselines and by one more."""
    told, readings = read(people, rules=rules, reason=reason)
    gateways = sorted({person.gateway for person in people})
    card = tallied(
        told,
        readings,
        {name: Site("cisco-esa", 20) for name in gateways},
        sorted({person.campaign for person in people}),
        card=Scorecard("made-up", 7, "memory", complete=True, attempts=len(people)),
        prices=prices,
    )
    return PageContent(
        title=title,
        scorecard=card,
        gates=gates,
        findings=find(gates, card.classifiers, lambda: judged(people, rules=rules, reason=reason)),
        counts=counts(people, rules=rules, reason=reason),
        personas=dict.fromkeys(gateways, "cisco-esa"),
        dialogues=lambda asked: {} if dialogue is None else {each: dialogue(each) for each in asked},
    )
