"""The mailboxes of a scenario, numbered company by company. A directory is made each time it is needed."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fake_gateways.people.directory import Directory
from fake_gateways.smtp.envelope import domain_of
from probe.scenario.companies import Company, staff
from probe.sender.recipients import NUMBERS, ListEntry


@dataclass(frozen=True)
class Population:
    """The mailboxes of some companies, so that millions of recipients can be drawn by number, without their addresses.

    ``numbers`` are those of each company's mailboxes, in the order of their addresses. ``listed`` are addresses of the
    sender's lists, by company. ``starts`` is the scenario's start, in seconds since the epoch.
    """

    companies: tuple[Company, ...]
    numbers: Mapping[str, range]
    listed: Mapping[str, Sequence[str]]
    seed: int
    path: str
    starts: float

    @cached_property
    def size(self) -> int:
        """The number of mailboxes."""
        return sum(map(len, self.numbers.values()))

    def of(self, companies: Iterable[Company]) -> Population:
        """Return the population of some of the companies; numbers stay the same."""
        chosen = tuple(companies)
        return Population(
            chosen,
            {each.name: self.numbers[each.name] for each in chosen},
            {each.name: self.listed[each.name] for each in chosen},
            self.seed,
            self.path,
            self.starts,
        )

    def directory(self, company: Company) -> Directory:
        """Make a company's directory: equal each time."""
        return staff(company, list(self.listed[company.name]), self.seed, self.path, self.starts)

    def company_of(self, number: int) -> Company:
        """Return the company of a mailbox."""
        return self.companies[bisect_right(self._firsts, number) - 1]

    @cached_property
    def _firsts(self) -> list[int]:
        return [self.numbers[company.name].start for company in self.companies]

    def addresses_by_number(self, directories: Mapping[str, Directory]) -> Callable[[int], str]:
        """Return a function that returns an address by its number; ``directories`` are those of the companies."""
        addresses = [sorted(directories[company.name].states) for company in self.companies]
        firsts = self._firsts

        def address(number: int) -> str:
            index = bisect_right(firsts, number) - 1
            return addresses[index][number - firsts[index]]

        return address

    def without(self, addresses: set[str]) -> Sequence[int]:
        """Return the numbers of all mailboxes but those of these addresses, given in lower case."""
        if not addresses:
            return range(self.size)
        domains = {domain_of(address) for address in addresses}
        found = array(NUMBERS)
        for company in self.companies:
            numbers = self.numbers[company.name]
            if domains.isdisjoint(company.domains):
                found.extend(numbers)
            else:
                known = zip(numbers, sorted(self.directory(company).states), strict=True)
                found.extend(number for number, address in known if address not in addresses)
        return found


def populate(
    companies: tuple[Company, ...], listed: Mapping[str, Sequence[str]], seed: int, path: str, starts: float
) -> Population:
    """Number the mailboxes of all companies. Raises InputError for a company whose mailboxes are not valid."""
    first = 0
    numbers: dict[str, range] = {}
    for company in companies:
        if company.spec.mailbox or company.spec.mailbox_list is not None:
            # Those named one by one may be among the others.
            count = len(staff(company, list(listed[company.name]), seed, path, starts).states)
        else:
            count = max(company.size, len(listed[company.name]))
        numbers[company.name] = range(first, first + count)
        first += count
    return Population(companies, numbers, listed, seed, path, starts)


@dataclass(frozen=True)
class CampaignRecipients:
    """The recipients of a campaign in sending order, by number.

    Numbers up to the size of the population are mailboxes; the next ones are ``entries`` of the sender's list.
    """

    numbers: Sequence[int]
    entries: Sequence[ListEntry]
    population: Population
    _domains: dict[str, Sequence[str]] = field(default_factory=dict)

    def entry(self, number: int) -> ListEntry | None:
        """Return a recipient's entry in the list, None for one that is not on it."""
        index = number - self.population.size
        return self.entries[index] if index >= 0 else None

    def domain(self, place: int) -> str:
        """Return the domain of the recipient at a place of the sending order."""
        number = self.numbers[place]
        entry = self.entry(number)
        if entry is not None:
            return domain_of(entry.address)
        company = self.population.company_of(number)
        if len(company.domains) == 1:
            return company.domains[0]
        domains = self._domains.get(company.name)
        if domains is None:
            found = self.population.directory(company).states
            domains = self._domains[company.name] = [domain_of(address) for address in sorted(found)]
        return domains[number - self.population.numbers[company.name].start]

    def domains(self) -> set[str]:
        """Return the domains of all recipients; of a company with several, all of them."""
        found: set[str] = {domain_of(each.address) for each in self.entries}
        companies = self.population.companies
        taken = sorted(number for number in self.numbers if number < self.population.size)
        for company in companies:
            numbers = self.population.numbers[company.name]
            at = bisect_right(taken, numbers.start - 1)
            if at < len(taken) and taken[at] in numbers:
                found.update(company.domains)
        return found

    def addresses(self) -> list[str]:
        """Return every recipient's address in sending order. Every directory is made for it."""
        population = self.population
        address = population.addresses_by_number(
            {each.name: population.directory(each) for each in population.companies}
        )
        found = []
        for number in self.numbers:
            entry = self.entry(number)
            found.append(address(number) if entry is None else entry.address)
        return found
