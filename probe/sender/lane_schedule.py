"""The planned deliveries of one lane, as columns of numbers: some 30 octets for each delivery."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from probe.sender.recipients import NUMBERS, Delivery, ListEntry, merge_fields
from probe.sender.schedule import Due

Transaction = tuple[Delivery, ...]


@dataclass
class LaneSchedule:
    """A row for each delivery; the rows of one transaction follow each other.

    Columns are the campaign and the source address (by index), the place in the campaign, the recipient's number, the
    time in seconds since the epoch, the message's variant, and how many recipients the transaction has (0 after its
    first row).
    """

    campaigns: array[int] = field(default_factory=lambda: array("H"))
    places: array[int] = field(default_factory=lambda: array(NUMBERS))
    numbers: array[int] = field(default_factory=lambda: array(NUMBERS))
    times: array[float] = field(default_factory=lambda: array("d"))
    sources: array[int] = field(default_factory=lambda: array("H"))
    variants: array[int] = field(default_factory=lambda: array("H"))
    sizes: array[int] = field(default_factory=lambda: array("H"))

    def __len__(self) -> int:
        return len(self.times)

    def add(self, campaign: int, due: Due, source: int, numbers: Sequence[int]) -> None:
        """Add a transaction; ``numbers`` are those of its recipients."""
        size = len(numbers)
        for place, number in zip(due.places, numbers, strict=True):
            self.campaigns.append(campaign)
            self.places.append(place)
            self.numbers.append(number)
            self.times.append(due.at)
            self.sources.append(source)
            self.variants.append(due.variant)
            self.sizes.append(size)
            size = 0

    def extend(self, other: Self) -> None:
        """Add the rows of another schedule."""
        for name, column in vars(self).items():
            column.extend(getattr(other, name))

    def rows_in_time(self) -> Sequence[int]:
        """Return the first row of each transaction, by time; those due at once stay in order."""
        times, sizes = self.times, self.sizes
        first: Sequence[int] = range(len(times))
        if not all(sizes):
            first = [row for row in first if sizes[row]]
        is_in_order = all(times[one] <= times[two] for one, two in pairwise(first))
        return first if is_in_order else array(NUMBERS, sorted(first, key=times.__getitem__))

    def transactions(
        self,
        campaigns: Sequence[str],
        sources: Sequence[str],
        entry_of: Callable[[int], ListEntry],
        *,
        shares: bool,
    ) -> Iterator[Transaction]:
        """Yield the transactions in order of time.

        ``campaigns`` and ``sources`` are the names by index, ``entry_of`` returns a recipient by number. With
        ``shares`` recipients may share a message.
        """

        def delivery(row: int) -> Delivery:
            entry = entry_of(self.numbers[row])
            return Delivery(
                campaigns[self.campaigns[row]],
                self.places[row],
                entry.address,
                self.times[row],
                sources[self.sources[row]],
                merge_fields(entry),
                self.variants[row],
                shares,
            )

        sizes = self.sizes
        for first in self.rows_in_time():
            size = sizes[first]
            yield (delivery(first),) if size == 1 else tuple(map(delivery, range(first, first + size)))
