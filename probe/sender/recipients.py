"""Whom a campaign goes to."""

from __future__ import annotations

import csv
import random
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import domain_of, is_address
from probe.input_error import InputError
from probe.scenario.sending import Campaign

MAX_LIST: Final = 10**9
MAX_FIELD: Final = 300
"""Characters of a merge value; a message's lines end at 998 octets (RFC 5322 2.1.1)."""


class ListEntry(NamedTuple):
    """A line of the sender's own list."""

    address: str
    fields: dict[str, str]


class Delivery(NamedTuple):
    """One message to one recipient, due at a moment (seconds since the epoch) from one source address.

    ``variant`` is the campaign's message by its place. Who ``shares`` has the message in common with others.
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
    """Read a CSV with a column ``email``; raises InputError naming the line. Doubled addresses count once."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_LIST:
            raise InputError(f"{place}: {path}", "is no file of at most 1 GB", "correct the file name")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if "email" not in (rows.fieldnames or ()):
                raise InputError(
                    f"{place}: {path}",
                    f"has no column email (found: {', '.join(rows.fieldnames or ()) or 'none'})",
                    "name the column of addresses email",
                )
            return list({listed.address.lower(): listed for listed in _listed(rows, path)}.values())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{place}: {path}", f"cannot be read ({reason})", "give a UTF-8 CSV file") from None


def _listed(rows: csv.DictReader[str], path: Path) -> Iterable[ListEntry]:
    for row in rows:
        address = (row.get("email") or "").strip()
        place = f"{path}: line {rows.line_num}"
        if not is_address(address):
            raise InputError(place, f"{address!r} is no address", "correct or remove the line")
        fields = {key: value for key, value in row.items() if isinstance(key, str) and isinstance(value, str)}
        too_long = next((key for key, value in fields.items() if len(value) > MAX_FIELD), None)
        if too_long is not None:
            problem = f"{too_long} has more than {MAX_FIELD} characters, too many for a merge field"
            raise InputError(place, problem, "shorten it")
        local, _, domain = address.rpartition("@")
        yield ListEntry(f"{local}@{domain.lower()}", fields)


def choose(
    listed: Sequence[ListEntry], mailboxes: Iterable[str], campaign: Campaign, rng: random.Random, place: str
) -> list[ListEntry]:
    """Return whom the campaign goes to, in sending order: the listed, and as many more as ``count`` asks for."""
    wanted = campaign.recipients
    on_list = {each.address.lower() for each in listed}
    others = [ListEntry(address, {}) for address in mailboxes if address not in on_list]
    if wanted.count is None:
        chosen = list(listed) if wanted.seed_list else others
    else:
        more = wanted.count - len(listed)
        if not 0 <= more <= len(others):
            have = f"{len(listed)} listed and {len(others)} other mailboxes"
            problem = f"{wanted.count} recipients are wanted, but there are {have}"
            raise InputError(f"{place}.recipients.count", problem, "change count, or mailboxes.count of the gateways")
        chosen = [*listed, *rng.sample(others, more)]
    # Lists are mailed in no order that a gateway could see.
    rng.shuffle(chosen)
    return chosen


def merge_fields(listed: ListEntry) -> dict[str, str]:
    """Return the merge fields: the list's own columns, and what the address itself tells."""
    local = listed.address.partition("@")[0]
    given = local.replace("_", ".").partition(".")[0].title()
    return {"email": listed.address, "domain": domain_of(listed.address), "given_name": given, **listed.fields}
