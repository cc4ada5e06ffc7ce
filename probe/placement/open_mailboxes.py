"""Reads the seed mailboxes of a file: those that may be read, a few at a time, each once."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Semaphore
from typing import Final, NamedTuple

from probe.diagnose.host.allow_file import permitted_host
from probe.diagnose.host.allow_list import Permission
from probe.diagnose.host.host_name import Host, ip_or_none
from probe.diagnose.host.manners import Spending, network_of, provider_of
from probe.diagnose.host.state_file import Begun, StateFile
from probe.input_error import InputError, valid_toml
from probe.placement.open_mailbox import Wanted, look, not_seen, require_imapclient, secret_of
from probe.placement.placed import Placed
from probe.placement.seeds import SeedAt, SeedsFile, checked
from probe.user_files import read_text

_MOST_OCTETS: Final = 4 * 1024**2
_AT_ONCE: Final = 16
_AT_ONCE_AT_A_PROVIDER: Final = 4
"""Providers close the connections of a client that opens many at once."""


class Allowed(NamedTuple):
    """The file of an allow list, and the state file that says what was spent of its budgets."""

    path: Path
    state: Path


_Job = tuple[SeedAt, str, str | None]
"""A seed, its password, and what keeps it from being read."""


def read_file(path: Path) -> SeedsFile:
    """Return what a file says about seeds; raises InputError."""
    text = read_text(path, _MOST_OCTETS, "name fewer seeds")
    return checked(valid_toml(text, path), path)


def read_mailboxes(
    file: SeedsFile,
    wanted: Wanted,
    allowed: Allowed | None,
    now: datetime,
    *,
    tidy: bool = False,
    tell: Callable[[], None] = lambda: None,
) -> list[Placed]:
    """Look for a message in every seed's mailbox; raises InputError for what must not be read, before any is.

    ``tell`` is called after each.
    """
    require_imapclient()
    permitted = _permitted(file, allowed, now)
    seeds = [SeedAt(each, file.provider[each.provider]) for each in file.seed]
    secrets = [secret_of(each) for each in seeds]
    beyond: list[str | None] = [None] * len(seeds)
    if allowed is not None:
        with StateFile(allowed.state) as state:
            beyond = [_begun(state, each, permitted[each.seed.provider], now) for each in seeds]
    turns = {name: Semaphore(_AT_ONCE_AT_A_PROVIDER) for name in file.provider}

    def read(job: _Job) -> Placed:
        at, secret, beyond = job
        with turns[at.seed.provider]:
            found = not_seen(at, wanted, beyond) if beyond else look(at, secret, wanted, tidy=tidy)
        tell()
        return found

    with ThreadPoolExecutor(_AT_ONCE) as readers:
        return list(readers.map(read, _mixed(list(zip(seeds, secrets, beyond, strict=True)))))


def _mixed(seeds: Sequence[_Job]) -> list[_Job]:
    """Return seeds so that those of one provider are far from each other, and do not wait for each other."""
    ranks: dict[str, int] = {}
    ordered = []
    for each in seeds:
        provider = each[0].seed.provider
        ranks[provider] = ranks.get(provider, -1) + 1
        ordered.append((ranks[provider], each))
    return [each for _, each in sorted(ordered, key=lambda item: item[0])]


def _begun(state: StateFile, at: SeedAt, permitted: Permission, now: datetime) -> str | None:
    """Write down that a mailbox is read; return what is in the way if that is beyond the budget of a day."""
    host = permitted.host.name
    network = host if ip_or_none(host) is None else network_of(host)
    said = f"IMAP LOGIN {at.seed.login}; {permitted.host.purpose}; {permitted.contact}"
    begun = Begun(now.timestamp(), host, network, provider_of(host), "placement", "placement", said, Spending(1))
    _, beyond = state.begin(begun, permitted.host.per_day)
    return beyond and f"the {beyond} that the allow list permits within a day are spent"


def _permitted(file: SeedsFile, allowed: Allowed | None, now: datetime) -> dict[str, Permission]:
    """Return what the allow list says, by provider; nothing without any.

    Raises InputError unless every mailbox is on loopback, or an allow list names its host and its address.
    """
    found = {}
    for name, provider in file.provider.items():
        host = Host(provider.host, provider.at_port)
        is_here = host.address is not None and ipaddress.ip_address(host.address).is_loopback
        if provider.tls == "none" and not is_here:
            problem = "would be sent passwords that others can read"
            raise InputError(f"provider {name}", problem, 'write tls = "implicit" or "starttls"')
        if allowed is not None:
            found[name] = permitted_host(allowed.path, host, now.date())
            for each in (each for each in file.seed if each.provider == name):
                if each.address not in found[name].host.recipients:
                    problem = f"is not among the recipients of {host.name} in {allowed.path}"
                    raise InputError(f"seed {each.address}", problem, "add it there if it is yours")
        elif not is_here:
            problem = "is not on this machine, and no allow list names it"
            raise InputError(host.name, problem, "name it, its seeds and your purpose in a file for --allow")
    return found
