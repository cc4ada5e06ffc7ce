"""What a sender observed in one campaign, exchanger by exchanger: the background against which a refusal is read."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import domain_of
from probe.classify.context.companies import Companies
from probe.classify.context.odds import departed, departed_share
from probe.classify.context.refusal import Refusal, exchanger_of, operator_of
from probe.classify.context.replies_by_stage import ACCEPTED, RepliesByStage, merged
from probe.classify.context.reply import Reply, reply_of
from probe.classify.context.retests import Retests
from probe.classify.context.series import ReplySeries
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome

EVERY_SOURCE: Final = None
"""In place of a source address: all of them together."""
EVERY_VENDOR: Final = ""
"""In place of a vendor: all of them together."""
NO_REPLIES: Final = RepliesByStage()
"""In place of replies, where there are none. Nothing is ever added to it."""
_UNLIKELY: Final = 0.05


class RefusalPosition(NamedTuple):
    """Where a refusal is among the replies to its source and among all replies."""

    from_source: int
    overall: int


class IsolatedRefusals(NamedTuple):
    """Refusals between two acceptances to the same source, and acceptances."""

    isolated: int = 0
    accepted: int = 0

    def plus(self, other: IsolatedRefusals) -> IsolatedRefusals:
        """Return the sum of both."""
        return IsolatedRefusals(self.isolated + other.isolated, self.accepted + other.accepted)

    def minus(self, other: IsolatedRefusals) -> IsolatedRefusals:
        """Return what remains without another count that is part of this one."""
        return IsolatedRefusals(*(max(0, own - part) for own, part in zip(self, other, strict=True)))


NONE_ISOLATED: Final = IsolatedRefusals()


class SenderFaults(NamedTuple):
    """Refusals, permanent or temporary, whose texts blame the sender: the times, and the ranks of the stages."""

    times: array[float]
    ranks: array[int]


class WordsCounts(NamedTuple):
    """Refusals with one text at an exchanger: all of them, and those between two acceptances."""

    refused: int
    isolated: int


@dataclass(slots=True)
class ExchangerObservations:
    """What the sender observed at one mail exchanger: the final replies of first rounds, one per recipient.

    A refusal is compared with replies at the same stage. A recipient who was refused later in the dialogue counts as
    accepted so far; one who was refused earlier does not count.
    """

    name: str
    vendor: str
    """The vendor of the gateway; if it is not known, the organisation that the exchanger belongs to."""
    company: str | None = None
    """The domain of a recipient."""
    has_tenants: bool = False
    """Whether recipients of several domains were refused or accepted here."""
    conditions: dict[tuple[str, bool], list[int]] = field(default_factory=dict)
    """Replies by rank, for each message and for the first and later messages of a connection."""
    sender_faults: SenderFaults = field(default_factory=lambda: SenderFaults(array("d"), array("B")))
    """Replies that blame the sender, temporary ones among them."""
    _by_source: dict[str, RepliesByStage] = field(default_factory=dict)
    _overall: RepliesByStage = field(default_factory=RepliesByStage)
    _keys: array[int] = field(default_factory=lambda: array("Q"))
    """The key of each refusal, in order, and its indexes among all replies and among those to its source."""
    _places: array[int] = field(default_factory=lambda: array("I"))
    _places_of_source: array[int] = field(default_factory=lambda: array("I"))

    @property
    def sources(self) -> list[str]:
        """The source addresses that the sender used."""
        return list(self._by_source)

    def series(self, source: str | None, rank: int) -> ReplySeries:
        """Return the replies to a source, or to all, that reached a stage: refused there, or accepted there."""
        found = self._overall if source is EVERY_SOURCE else self._by_source.get(source)
        return (NO_REPLIES if found is None else found).series(rank)

    def replies_to(self, source: str) -> RepliesByStage | None:
        """Return the replies to a source, None if there are none."""
        return self._by_source.get(source)

    def observe(self, reply: Reply) -> None:
        """Add a reply. Replies must come in the order in which the attempts began."""
        at, rank, source, message, is_later, blames_sender, key, words = reply
        if key is None:
            self._add_sender_fault(at, rank)
            return
        replies = self._by_source.get(source)
        if replies is None:
            replies = self._new_source(source)
        replies.add(at, rank)
        if self._overall is not replies:
            self._overall.add(at, rank)
        condition = message, is_later
        count = self.conditions.get(condition)
        if count is None:
            count = self.conditions[condition] = [0] * (ACCEPTED + 1)
        count[rank] += 1
        if rank == ACCEPTED:
            replies.count_accepted()
            return
        self._keys.append(key)
        self._places.append(len(self._overall) - 1)
        self._places_of_source.append(len(replies) - 1)
        if blames_sender:
            self._add_sender_fault(at, rank)
        else:
            replies.count_refused(words)

    def position_of(self, refusal: Refusal, rank: int) -> RefusalPosition | None:
        """Return a refusal's position among the replies that reached its stage, None if it was not observed here."""
        low = bisect_left(self._places, bisect_left(self._overall.times, refusal.at))
        high = bisect_left(self._places, bisect_right(self._overall.times, refusal.at), low)
        for number in reversed(range(low, high)):
            if self._keys[number] == refusal.key:
                return RefusalPosition(
                    self.series(refusal.source, rank).among(self._places_of_source[number]),
                    self.series(EVERY_SOURCE, rank).among(self._places[number]),
                )
        return None

    def _add_sender_fault(self, at: float, rank: int) -> None:
        self.sender_faults.times.append(at)
        self.sender_faults.ranks.append(rank)

    def _new_source(self, source: str) -> RepliesByStage:
        """Start to record another source. While there is only one, it is the overall record as well."""
        replies = self._by_source[source] = RepliesByStage()
        if len(self._by_source) == 1:
            self._overall = replies
        elif len(self._by_source) == 2:
            self._overall = self._overall.copied()
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
        return IsolatedRefusals(sum(each.isolated for each in replies), sum(each.accepted for each in replies))

    def accepts_everybody(self, share: float) -> bool:
        """Whether it refused no recipient as unknown, though it would have if this share has departed."""
        refused = any(each.refused for each in self._by_source.values())
        return not refused and (1.0 - share) ** self.isolated.accepted < _UNLIKELY

    def refused_at(self, rank: int) -> int:
        """Return the number of refusals at a stage."""
        return self.series(EVERY_SOURCE, rank).refused

    def with_words(self, words: int) -> tuple[WordsCounts, WordsCounts]:
        """Count the refusals with one text, and those with all others; texts that blame the sender are left out."""
        own, every = [0, 0], [0, 0]
        for replies in self._by_source.values():
            for place, counts in enumerate((replies.refused_by_words, replies.isolated_by_words)):
                own[place] += counts.get(words, 0)
                every[place] += sum(counts.values())
        return WordsCounts(*own), WordsCounts(every[0] - own[0], every[1] - own[1])

    def note_company(self, domain: str) -> None:
        """Note the domain of a recipient."""
        if self.company is None:
            self.company = domain
        elif domain != self.company:
            self.has_tenants = True


class Observations:
    """What the sender observed at every exchanger of a campaign. With ``pooled``, exchangers are also compared."""

    def __init__(self, *, pooled: bool = True) -> None:
        self.exchangers: dict[str, ExchangerObservations] = {}
        self.companies = Companies()
        self.retests = Retests()
        self._pooled = pooled
        self._version = 0
        self._vendors: tuple[int, dict[str, list[ExchangerObservations]]] = (-1, {})
        self._across: dict[str, tuple[int, dict[str, RepliesByStage]]] = {}
        self._isolated: tuple[int, dict[str, IsolatedRefusals]] = (-1, {})

    def at_exchanger(self, name: str, vendor: str) -> ExchangerObservations:
        """Return what was observed at an exchanger; nothing, if no attempt was made there."""
        return self.exchangers.get(name) or ExchangerObservations(name, vendor)

    def observe(self, attempt: Attempt, *, retest: bool) -> None:
        """Add an attempt, in the order in which attempts began. A ``retest`` follows a refusal and is left out."""
        if retest or attempt.outcome == Outcome.FAILED:
            return
        self._version += 1
        name = exchanger_of(attempt)
        exchanger = self.exchangers.get(name)
        if exchanger is None:
            exchanger = self.exchangers[name] = ExchangerObservations(name, operator_of(attempt))
        exchanger.note_company(domain_of(attempt.recipient))
        reply = reply_of(attempt)
        if reply is not None:
            exchanger.observe(reply)

    def add(self, other: Observations) -> None:
        """Add what was observed at other exchangers of the same campaign; raises ValueError if one is known here."""
        for name in other.exchangers:
            if name in self.exchangers:
                msg = f"exchanger {name} was observed in two parts of a campaign"
                raise ValueError(msg)
        self.exchangers |= other.exchangers
        self.companies.add(other.companies)
        self.retests.add(other.retests)
        self._version += 1

    def with_evidence(self, campaign: Iterable[Evidence]) -> Observations:
        """Return the same replies, with what the evidence on recipients shows of companies and of retests."""
        found = Observations(pooled=self._pooled)
        found.exchangers = self.exchangers
        for evidence in campaign:
            found.companies.observe(evidence)
            found.retests.observe(evidence)
        return found

    def with_replies_of(self, other: Observations) -> Observations:
        """Return the replies of others, pooled or not like these, without companies and retests."""
        found = Observations(pooled=self._pooled)
        found.exchangers = other.exchangers
        return found

    def across(self, vendor: str) -> Mapping[str, RepliesByStage]:
        """Return the replies to each source at every exchanger of a vendor, or of EVERY_VENDOR, in order."""
        kept = self._across.get(vendor)
        if kept is None or kept[0] != self._version:
            here = self._of_vendor(vendor)
            sources = {source for exchanger in here for source in exchanger.sources}
            found = {
                source: merged(filter(None, (exchanger.replies_to(source) for exchanger in here))) for source in sources
            }
            kept = self._across[vendor] = self._version, found
        return kept[1]

    def isolated_at(self, vendor: str) -> IsolatedRefusals:
        """Return the isolated refusals at all exchangers of a vendor, or of EVERY_VENDOR."""
        return self._isolated_by_vendor().get(vendor, NONE_ISOLATED)

    def isolated_elsewhere(self, vendor: str) -> IsolatedRefusals:
        """Return the isolated refusals at the exchangers of all other vendors."""
        found = self._isolated_by_vendor()
        return found[EVERY_VENDOR].minus(found.get(vendor, NONE_ISOLATED))

    def _of_vendor(self, vendor: str) -> list[ExchangerObservations]:
        if not self._pooled:
            return []
        if vendor == EVERY_VENDOR:
            return list(self.exchangers.values())
        if self._vendors[0] != self._version:
            found: dict[str, list[ExchangerObservations]] = {}
            for exchanger in self.exchangers.values():
                found.setdefault(exchanger.vendor, []).append(exchanger)
            self._vendors = (self._version, found)
        return self._vendors[1].get(vendor, [])

    def _isolated_by_vendor(self) -> dict[str, IsolatedRefusals]:
        """Return the counts by vendor. Exchangers that accept everybody are left out: they do not show departures."""
        if self._isolated[0] != self._version:
            exchangers = self._of_vendor(EVERY_VENDOR)
            total = NONE_ISOLATED
            for exchanger in exchangers:
                total = total.plus(exchanger.isolated)
            share = departed_share(*departed(*total))
            found = {EVERY_VENDOR: NONE_ISOLATED}
            for exchanger in exchangers:
                if not exchanger.accepts_everybody(share):
                    for name in (exchanger.vendor, EVERY_VENDOR):
                        found[name] = found.get(name, NONE_ISOLATED).plus(exchanger.isolated)
            self._isolated = (self._version, found)
        return self._isolated[1]
