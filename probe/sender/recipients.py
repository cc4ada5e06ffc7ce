"""The recipients of a campaign."""

from __future__ import annotations

import csv
import random
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

from fake_gateways.smtp.envelope import domain_of, is_address
from fake_gateways.untrusted.bounded_read import open_table
from probe.harmless import SHOWN
from probe.input_error import InputError, not_utf8
from probe.scenario.sending import Campaign

NUMBERS: Final = "L"
"""The type code of an array of recipients' numbers."""
MAX_FIELD: Final = 300
"""Characters of a merge field, at most. A line of a message has at most 998 (RFC 5322 section 2.1.1)."""

_SEPARATOR: Final = "\x1f"


class ListEntry(NamedTuple):
    """A recipient of the sender's list. The values of its columns are kept in one string: a list may be long."""

    address: str
    joined: str = ""
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, address: str, columns: tuple[str, ...], values: Iterable[str]) -> Self:
        """Return an entry; of ``columns`` the last ones may have no value."""
        # A separator in a value would count as white space in a message anyhow.
        return cls(address, _SEPARATOR.join(value.replace(_SEPARATOR, " ") for value in values), columns)

    @property
    def fields(self) -> dict[str, str]:
        """The values of the columns, by their names."""
        return dict(zip(self.columns, self.joined.split(_SEPARATOR), strict=False)) if self.columns else {}


class Delivery(NamedTuple):
    """One message to one recipient, due ``at`` a time (seconds since the epoch) from the address ``source``.

    ``number`` is the recipient's place in the campaign, ``fields`` are its merge fields. ``variant`` is the index of
    the campaign's message. With ``shares`` the recipient may share a message and its return-path with others.
    """

    campaign: str
    number: int
    recipient: str
    at: float
    source: str
    fields: dict[str, str]
    variant: int = 0
    shares: bool = False


def read_list(path: Path, place: str) -> list[ListEntry]:
    """Read a CSV file with a column ``email``; an address that occurs twice counts once. Raises InputError."""
    try:
        with open_table(path) as file:
            rows = csv.DictReader(file)
            columns = tuple(rows.fieldnames or ())
            if "email" not in columns:
                raise InputError(
                    f"{place}: {path}",
                    f"has no column email (columns: {len(columns)})",
                    "name the column of addresses email",
                )
            return list({listed.address.lower(): listed for listed in _listed(rows, columns, path)}.values())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = not_utf8(error) if isinstance(error, UnicodeDecodeError) else getattr(error, "strerror", None) or error
        raise InputError(f"{place}: {path}", f"cannot be read ({reason})", "give a UTF-8 CSV file") from None


def _listed(rows: csv.DictReader[str], columns: tuple[str, ...], path: Path) -> Iterable[ListEntry]:
    for row in rows:
        address = (row.get("email") or "").strip()
        place = f"{path}: line {rows.line_num}"
        if not is_address(address):
            raise InputError(place, f"{address[:SHOWN]!r} is not a valid address", "correct or remove the line")
        values = [value for key in columns if isinstance(value := row[key], str)]
        too_long = next((key for key, value in zip(columns, values, strict=False) if len(value) > MAX_FIELD), None)
        if too_long is not None:
            problem = f"{too_long} has more than {MAX_FIELD} characters, too many for a merge field"
            raise InputError(place, problem, "shorten it")
        local, _, domain = address.rpartition("@")
        yield ListEntry.of(f"{local}@{domain.lower()}", columns, values)


def choose(listed: range, others: Sequence[int], campaign: Campaign, rng: random.Random, place: str) -> array[int]:
    """Return a campaign's recipients in sending order, by number: those listed, and others up to ``count``.

    ``listed`` and ``others`` are the numbers of recipients of the sender's list, and of other mailboxes. Raises
    InputError.
    """
    wanted = campaign.recipients
    if wanted.count is None:
        chosen = array(NUMBERS, listed if wanted.seed_list else others)
    else:
        more = wanted.count - len(listed)
        if not 0 <= more <= len(others):
            have = f"{len(listed)} listed and {len(others)} other mailboxes"
            problem = f"{wanted.count} recipients are wanted, but there are {have}"
            raise InputError(f"{place}.recipients.count", problem, "change count, or mailboxes.count of the gateways")
        chosen = array(NUMBERS, listed)
        chosen.extend(others[index] for index in rng.sample(range(len(others)), more))
    # A random order, so that gateways see no pattern in it.
    rng.shuffle(chosen)
    return chosen


def merge_fields(listed: ListEntry) -> dict[str, str]:
    """Return the merge fields of a recipient: the list's columns, else values made from the address."""
    local = listed.address.partition("@")[0]
    given = local.replace("_", ".").partition(".")[0].title()
    return {"email": listed.address, "domain": domain_of(listed.address), "given_name": given, **listed.fields}
