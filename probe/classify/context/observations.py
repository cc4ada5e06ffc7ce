"""What a sender observed in one campaign, exchanger by exchanger: the background against which a refusal is read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import domain_of
from probe.classify.context.odds import departed, departed_share
from probe.classify.context.replies_by_stage import ACCEPTED, RepliesByStage, rank_of
from probe.classify.context.series import ReplySeries
from probe.classify.context.vendor import vendor_of
from probe.classify.context.words import ReplyTopics, topics_of
from probe.records.attempt import Attempt, Outcome

EVERY_SOURCE: Final = None
"""In place of a source address: all of them together."""
_UNLIKELY: Final = 0.05


class RefusalPosition(NamedTuple):
    """Where a refusal is among the replies to its source and among all replies, and what its text mentions."""

    from_source: int
    overall: int
    topics: ReplyTopics
    source: str
    rank: int


class IsolatedRefusals(NamedTuple):
    """Refusals between two acceptances to the same source, acceptances, and reports that came after an acceptance."""

    isolated: int = 0
    accepted: int = 0
    reported: int = 0

    def plus(self, other: IsolatedRefusals) -> IsolatedRefusals:
        """Return the sum of both."""
        return IsolatedRefusals(
            self.isolated + other.isolated, self.accepted + other.accepted, self.reported + other.reported
        )

    def minus(self, other: IsolatedRefusals) -> IsolatedRefusals:
        """Return what remains without another count that is part of this one."""
        return IsolatedRefusals(*(max(0, own - part) for own, part in zip(self, other, strict=True)))


NONE_ISOLATED: Final = IsolatedRefusals()


class SenderFaultReply(NamedTuple):
    """A refusal, permanent or temporary, whose text blames the sender; ``rank`` is that of its stage."""

    at: float
    rank: int


@dataclass
class ExchangerObservations:
    """What the sender observed at one mail exchanger: the final replies of first rounds, one per recipient.

    A refusal is compared with replies at the same stage. A recipient who was refused later in the dialogue counts as
    accepted so far; one who was refused earlier does not count.
    """

    name: str
    vendor: str
    """The vendor of the gateway, empty if it is not known."""
    conditions: dict[tuple[str, bool], list[int]] = field(default_factory=dict)
    """Replies by rank, for each message and for the first and later messages of a connection."""
    sender_faults: list[SenderFaultReply] = field(default_factory=list)
    """Replies that blame the sender, temporary ones among them."""
    later_answers: dict[str, list[int]] = field(default_factory=dict)
    """For the text pattern of a refusal: how many recipients were tried again later, and how many of them accepted."""
    reported: int = 0
    """Reports that came back after an acceptance."""
    _positions: dict[str, RefusalPosition] = field(default_factory=dict)
    _by_source: dict[str, RepliesByStage] = field(default_factory=dict)
    _overall: RepliesByStage = field(default_factory=RepliesByStage)

    @property
    def sources(self) -> list[str]:
        """The source addresses that the sender used."""
        return list(self._by_source)

    def series(self, source: str | None, rank: int) -> ReplySeries:
        """Return the replies to a source, or to all, that reached a stage: refused there, or accepted there."""
        found = self._overall if source is EVERY_SOURCE else self._by_source.get(source)
        return ReplySeries() if found is None else found.series(rank)

    def observe(self, attempt: Attempt) -> None:
        """Add the final reply of a first round."""
        accepted = attempt.outcome == Outcome.DELIVERED
        rank = ACCEPTED if accepted else rank_of(attempt.stage)
        at, source = attempt.at, attempt.local_address
        replies = self._by_source.get(source)
        if replies is None:
            replies = self._new_source(source)
        replies.add(at, rank)
        if self._overall is not replies:
            self._overall.add(at, rank)
        condition = attempt.message, attempt.position > 1
        count = self.conditions.get(condition)
        if count is None:
            count = self.conditions[condition] = [0] * (ACCEPTED + 1)
        count[rank] += 1
        if accepted:
            replies.count_accepted()
            return
        topics = topics_of(attempt)
        self._positions[attempt.recipient] = RefusalPosition(
            len(replies.times) - 1, len(self._overall.times) - 1, topics, source, rank
        )
        if topics.blames_sender:
            self.sender_faults.append(SenderFaultReply(at, rank))
        else:
            replies.count_refused()

    def position_of(self, attempt: Attempt) -> RefusalPosition | None:
        """Return a refusal's position among the replies that reached its stage, None if it was not observed here."""
        position = self._positions.get(attempt.recipient)
        if position is None or (position.source, position.rank) != (attempt.local_address, rank_of(attempt.stage)):
            return None
        from_source = self._by_source[position.source].index_among(position.from_source, position.rank)
        overall = self._overall.index_among(position.overall, position.rank)
        return position._replace(from_source=from_source, overall=overall)

    def _new_source(self, source: str) -> RepliesByStage:
        """Start to record another source. While there is only one, it is the overall record as well."""
        replies = self._by_source[source] = RepliesByStage()
        if len(self._by_source) == 1:
            self._overall = replies
        elif len(self._by_source) == 2:
            self._overall = RepliesByStage(list(self._overall.times), list(self._overall.ranks))
        return replies

    def with_message(self, message: str, rank: int) -> tuple[int, int, int, int]:
        """Count for one message, then for the others: refusals at a stage, and replies that reached it."""
        return self._split([count for key, count in self.conditions.items() if key[0] == message], rank)

    def later_in_connections(self, rank: int) -> tuple[int, int, int, int]:
        """Count the same for the second and later messages of a connection, then for the first ones."""
        return self._split([count for key, count in self.conditions.items() if key[1]], rank)

    def _split(self, own: list[list[int]], rank: int) -> tuple[int, int, int, int]:
        refused, replies = sum(count[rank] for count in own), sum(sum(count[rank:]) for count in own)
        everything = self.conditions.values()
        all_refused, all_replies = (
            sum(count[rank] for count in everything),
            sum(sum(count[rank:]) for count in everything),
        )
        return refused, replies, all_refused - refused, all_replies - replies

    @property
    def isolated(self) -> IsolatedRefusals:
        """The isolated refusals at this exchanger."""
        replies = self._by_source.values()
        return IsolatedRefusals(
            sum(each.isolated for each in replies), sum(each.accepted for each in replies), self.reported
        )

    def accepts_everybody(self, share: float) -> bool:
        """Whether it refused no recipient as unknown, though it would have if this share has departed."""
        refused = self.reported or any(each.refused for each in self._by_source.values())
        return not refused and (1.0 - share) ** self.isolated.accepted < _UNLIKELY

    def refused_at(self, rank: int) -> int:
        """Return the number of refusals at a stage."""
        return self.series(EVERY_SOURCE, rank).refused


class Observations:
    """What the sender observed at every exchanger of a campaign. With ``pooled``, exchangers are also compared."""

    def __init__(self, *, pooled: bool = True) -> None:
        self.exchangers: dict[str, ExchangerObservations] = {}
        self._pooled = pooled
        self._version = 0
        self._across: dict[tuple[str, str | None, int], tuple[int, ReplySeries]] = {}
        self._isolated: tuple[int, dict[str, IsolatedRefusals]] = (-1, {})

    def exchanger_of(self, attempt: Attempt) -> ExchangerObservations:
        """Return the exchanger that an attempt was made at, or its recipient domain if the exchanger is not known."""
        name = attempt.mx_address or attempt.mx or domain_of(attempt.recipient)
        exchanger = self.exchangers.get(name)
        if exchanger is None:
            vendor = vendor_of(attempt.mx, attempt.greeting)
            exchanger = self.exchangers[name] = ExchangerObservations(name, vendor)
        return exchanger

    def observe(self, attempt: Attempt, *, retest: bool) -> None:
        """Add an attempt, in the order in which attempts began. A ``retest`` follows a refusal and is left out."""
        outcome = attempt.outcome
        if retest or outcome == Outcome.FAILED:
            return
        self._version += 1
        exchanger = self.exchanger_of(attempt)
        if outcome != Outcome.DEFERRED:
            exchanger.observe(attempt)
        elif topics_of(attempt).blames_sender:
            exchanger.sender_faults.append(SenderFaultReply(attempt.at, rank_of(attempt.stage)))

    def observe_report(self, attempt: Attempt) -> None:
        """Add that a delivery report came back for an attempt that was accepted."""
        self.exchanger_of(attempt).reported += 1
        self._version += 1

    def across(self, vendor: str, source: str | None, rank: int) -> ReplySeries:
        """Return the replies to a source at every exchanger of a vendor (empty: at all exchangers), in order."""
        kept = self._across.get((vendor, source, rank))
        if kept is not None and kept[0] == self._version:
            return kept[1]
        merged = _merged(
            exchanger.series(source, rank)
            for exchanger in (self.exchangers.values() if self._pooled else ())
            if not vendor or exchanger.vendor == vendor
        )
        self._across[vendor, source, rank] = (self._version, merged)
        return merged

    def isolated_at(self, vendor: str) -> IsolatedRefusals:
        """Return the isolated refusals at all exchangers of a vendor; empty: those of unknown vendor."""
        return self._isolated_by_vendor().get(vendor, NONE_ISOLATED)

    def isolated_elsewhere(self, vendor: str) -> IsolatedRefusals:
        """Return the isolated refusals at the exchangers of all other vendors."""
        found = NONE_ISOLATED
        for name, isolated in self._isolated_by_vendor().items():
            if name != vendor:
                found = found.plus(isolated)
        return found

    def _isolated_by_vendor(self) -> dict[str, IsolatedRefusals]:
        """Return the counts by vendor. Exchangers that accept everybody are left out: they do not show departures."""
        if self._isolated[0] != self._version:
            exchangers = list(self.exchangers.values()) if self._pooled else []
            total = NONE_ISOLATED
            for exchanger in exchangers:
                total = total.plus(exchanger.isolated)
            share = departed_share(*departed(*total))
            found: dict[str, IsolatedRefusals] = {}
            for exchanger in exchangers:
                if not exchanger.accepts_everybody(share):
                    found[exchanger.vendor] = found.get(exchanger.vendor, NONE_ISOLATED).plus(exchanger.isolated)
            self._isolated = (self._version, found)
        return self._isolated[1]


def _merged(found: Iterable[ReplySeries]) -> ReplySeries:
    """Merge several series. Of replies at the same time, acceptances come first."""
    accepted: list[float] = []
    refused: list[float] = []
    for series in found:
        is_refused = bytearray(b"\1") * len(series.times)
        for index in series.accepted:
            is_refused[index] = 0
        accepted += [series.times[index] for index in series.accepted]
        refused += compress(series.times, is_refused)
    accepted.sort()
    refused.sort()
    return ReplySeries(
        sorted(accepted + refused), [index + bisect_left(refused, at) for index, at in enumerate(accepted)]
    )
