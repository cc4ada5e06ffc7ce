"""Reads the books of one lane once: joins, hashes, and yields the story of each recipient as soon as it is complete.

Held in memory are the mailboxes of the lane, returned mail, the number of attempts of each recipient that has several,
decisions whose attempt has not been read yet, and recipients with attempts still to come. With several campaigns, opens
and clicks are held too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.classify.evidence import Evidence
from probe.judge.join import Matcher, ProbedDecisions, latest, needs_no_decision
from probe.judge.story import Key, Story, build_stories, state_of
from probe.records.attempt import Attempt
from probe.records.parts import PartHash
from probe.records.returned import Returned
from probe.records.rows import EXPERIMENTS, Diagnosis, Mailbox, Probe

Pair = tuple[Attempt, Truth | None]
Row = TypeVar("Row")


class LaneRows(Protocol):
    """The rows of one lane, each kind as a stream in the order in which they were written."""

    name: str
    gateways: tuple[str, ...]

    def attempts(self) -> Iterator[Attempt]:
        """Yield the attempts, without the lane."""

    def truths_of(self, gateway: str) -> Iterator[Truth]:
        """Yield the decisions of one gateway."""

    def reports_of(self, gateway: str) -> Iterator[DeliveryReport]:
        """Yield the delivery reports of one gateway."""

    def engagements_of(self, gateway: str) -> Iterator[Engagement]:
        """Yield opens and clicks of one gateway's mail."""

    def returned(self) -> Iterator[Returned]:
        """Yield the mail that came back."""

    def mailboxes(self) -> Iterator[Mailbox]:
        """Yield the mailboxes of all gateways."""

    def diagnoses(self) -> Iterator[Diagnosis]:
        """Yield the diagnoses."""

    def probes(self) -> Iterator[Probe]:
        """Yield the experiments."""

    def repeated(self) -> Iterator[tuple[str, int]]:
        """Yield each recipient, in lower case, that has more than one attempt in all campaigns, and their number."""


def _by_address(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.recipient.lower(), []).append(row)  # type: ignore[attr-defined]  # both kinds have one
    return found


class Orphans(NamedTuple):
    """How many attempts and decisions do not join, and the first of them."""

    attempts: int = 0
    decisions: int = 0
    first: str = ""

    def plus(self, other: Orphans) -> Orphans:
        """Add those of other lanes."""
        first = min(filter(None, (self.first, other.first)), default="")
        return Orphans(self.attempts + other.attempts, self.decisions + other.decisions, first)

    def __str__(self) -> str:
        return f"{self.attempts} attempts and {self.decisions} decisions do not join; the first: {self.first}"


class LaneStories:
    """The stories of one lane. ``addresses`` are those of the gateways, by name.

    ``foreign`` are addresses of real servers, which write no decisions; ``elsewhere`` is mail that came back to no
    lane. When the iteration has ended, ``parts`` has the hash of each part of the books that was read, ``returned`` the
    mail that came back to the lane, and ``orphans`` what does not join.
    """

    def __init__(
        self,
        books: LaneRows,
        addresses: Mapping[str, str],
        foreign: frozenset[str] = frozenset(),
        elsewhere: Sequence[Returned] = (),
        *,
        several_campaigns: bool = False,
    ) -> None:
        self._books = books
        self._addresses = addresses
        self._foreign = foreign
        self._elsewhere = elsewhere
        self._several_campaigns = several_campaigns
        self.parts: dict[str, str] = {}
        self.returned: list[Returned] = []
        self.orphans = Orphans()

    def __iter__(self) -> Iterator[tuple[Key, Story]]:
        """Yield the stories, each when its last attempt has been read."""
        books = self._books
        returned = self._hashed(Returned, books.name, books.returned())
        self.returned = [row for row in returned if row.campaign != EXPERIMENTS]
        engagements = [
            row
            for gateway in sorted(books.gateways)
            for row in self._hashed(Engagement, gateway, books.engagements_of(gateway))
            if self._several_campaigns
        ]
        for gateway in sorted(books.gateways):
            for _ in self._hashed(DeliveryReport, gateway, books.reports_of(gateway)):
                pass
        mailboxes = {each.address: each for each in books.mailboxes()}
        came_back = _by_address(row._replace(lane="") for row in (*self.returned, *self._elsewhere) if row.recipient)
        opened = _by_address(engagements)
        diagnoses = {(row.campaign, row.recipient): row for row in books.diagnoses()}
        told_more = {*came_back, *(recipient.lower() for _, recipient in diagnoses)}
        left = dict(books.repeated())
        begun: dict[str, list[Pair]] = {}
        for pair in self._pairs():
            recipient = pair[0].recipient.lower()
            if recipient in left:
                begun.setdefault(recipient, []).append(pair)
                left[recipient] -= 1
                if left[recipient]:
                    continue
                del left[recipient]
                pairs = begun.pop(recipient)
            elif recipient not in told_more:
                yield self._simple_story(pair, mailboxes.get(recipient))
                continue
            else:
                pairs = [pair]
            found = build_stories(pairs, mailboxes, came_back.get(recipient, ()), opened.get(recipient, ()), diagnoses)
            for key, story in found.items():
                yield key, story._replace(lane=books.name)

    def _simple_story(self, pair: Pair, mailbox: Mailbox | None) -> tuple[Key, Story]:
        """Return the story of a recipient with one attempt, and nothing else: the usual case, for speed."""
        attempt, truth = pair
        state = state_of(mailbox, attempt.at + attempt.duration_s)
        gateway = mailbox.gateway if mailbox else ""
        story = Story(Evidence(attempt.recipient, (attempt,)), truth, state, gateway, self._books.name)
        return (attempt.campaign, attempt.recipient), story

    def _pairs(self) -> Iterator[Pair]:
        """Yield each attempt with its decision."""
        matcher = Matcher()
        probes = ProbedDecisions(self._hashed(Probe, self._books.name, self._books.probes()))
        decisions = {
            self._addresses[gateway]: _Decisions(
                probes.others(self._hashed(Truth, gateway, self._books.truths_of(gateway))), matcher
            )
            for gateway in self._books.gateways
        }
        orphan = ""
        orphans = 0
        for attempt in self._hashed(Attempt, self._books.name, self._books.attempts()):
            at_gateway = decisions.get(attempt.mx_address)
            truth = matcher.decision_on(attempt) if at_gateway is None else at_gateway.on(attempt)
            if truth is not None or needs_no_decision(attempt, self._foreign):
                yield attempt, truth
            else:
                orphans += 1
                orphan = orphan or str(attempt)
        for each in decisions.values():
            each.read_all()
        left = list(matcher.left())
        self.orphans = Orphans(orphans, len(left), orphan or str(next(iter(left), "")))

    def _hashed(self, row_type: type[Row], owner: str, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows, and note the hash of their part at the end."""
        part = PartHash(row_type, owner)
        is_empty = True
        for row in rows:
            is_empty = False
            part.add(row)
            yield row
        if not is_empty:
            self.parts[part.name] = part.hexdigest()


class _Decisions:
    """The decisions of one gateway. No more of them are read than the attempts so far need."""

    def __init__(self, rows: Iterator[Truth], matcher: Matcher) -> None:
        self._rows = rows
        self._matcher = matcher
        self._next = next(rows, None)

    def on(self, attempt: Attempt) -> Truth | None:
        """Return the decision on an attempt, None if there is none.

        After a failure it may be any of those up to then. A reply has a decision, so they are read until it is found.
        """
        if attempt.failure is not None:
            until = latest(attempt)
            while self._next is not None and self._next.at <= until:
                self._read()
            return self._matcher.decision_on(attempt)
        found = self._matcher.decision_on(attempt)
        while found is None and self._next is not None:
            self._read()
            found = self._matcher.decision_on(attempt)
        return found

    def read_all(self) -> None:
        """Read the decisions that are left."""
        while self._next is not None:
            self._read()

    def _read(self) -> None:
        if self._next is not None:
            self._matcher.decided(self._next)
            self._next = next(self._rows, None)
