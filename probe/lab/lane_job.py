"""What a process needs to run one lane. It is small, because the process makes addresses and transactions itself."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fake_gateways.people.directory import Directory
from probe.lab.population import Population
from probe.records.rows import Planned
from probe.scenario.model import Scenario
from probe.sender.lane_schedule import LaneSchedule, Transaction
from probe.sender.recipients import Delivery, ListEntry
from probe.sender.resume import RemainingWork


@dataclass(frozen=True, kw_only=True)
class LaneJob:
    """Everything that one lane needs. It can be pickled for a worker process.

    ``population`` has the lane's companies only. ``entries`` are recipients of the sender's list, in the order of their
    numbers, ``entry_numbers``; the other recipients are mailboxes. An interrupted run left ``remaining`` to do and has
    ``written`` so many rows, by table.
    """

    name: str
    population: Population
    schedule: LaneSchedule
    entry_numbers: array[int]
    entries: Sequence[ListEntry]
    remaining: RemainingWork | None = None
    written: Mapping[str, int] = field(default_factory=dict)

    @property
    def deliveries(self) -> int:
        """How many deliveries are planned: recipients, counted once for each campaign."""
        return len(self.schedule)

    def directories(self) -> dict[str, Directory]:
        """Make the directory of each of the lane's companies, by name."""
        return {company.name: self.population.directory(company) for company in self.population.companies}

    def transactions(self, scenario: Scenario, directories: Mapping[str, Directory]) -> Iterator[Transaction]:
        """Yield the planned transactions in order of time."""
        return self.schedule.transactions(
            [each.name for each in scenario.campaign],
            [ip.address for ip in scenario.sender.ips],
            self._entry_of(directories),
            shares=scenario.sender.recipients_per_transaction > 1,
        )

    def planned(self, delivery: Delivery) -> Planned:
        """Return the row of a planned delivery."""
        return Planned(delivery.campaign, delivery.recipient, delivery.at, delivery.source, self.name)

    def _entry_of(self, directories: Mapping[str, Directory]) -> Callable[[int], ListEntry]:
        """Return a function that returns a recipient by number."""
        numbers, entries = self.entry_numbers, self.entries
        first = numbers[0] if numbers else math.inf
        address = self.population.addresses_by_number(directories)

        def entry_of(number: int) -> ListEntry:
            return entries[bisect_left(numbers, number)] if number >= first else ListEntry(address(number))

        return entry_of
