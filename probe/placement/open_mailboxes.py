"""Reads the seed mailboxes of a file: those that may be read, a few at a time, each once."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Semaphore
from typing import Final

from probe.diagnose.host.allow_file import permitted_host
from probe.diagnose.host.host_name import Host
from probe.input_error import InputError, valid_toml
from probe.placement.open_mailbox import Wanted, look, require_imapclient, secret_of
from probe.placement.placed import Placed
from probe.placement.seeds import SeedAt, SeedsFile, checked
from probe.user_files import read_text

_MOST_OCTETS: Final = 4 * 1024**2
_AT_ONCE: Final = 16
_AT_ONCE_AT_A_PROVIDER: Final = 4
"""Providers close the connections of a client that opens many at once."""


def read_file(path: Path) -> SeedsFile:
    """Return what a file says about seeds; raises InputError."""
    text = read_text(path, _MOST_OCTETS, "name fewer seeds")
    return checked(valid_toml(text, path), path)


def read_mailboxes(
    file: SeedsFile,
    wanted: Wanted,
    allow: Path | None,
    today: date,
    *,
    tidy: bool = False,
    tell: Callable[[], None] = lambda: None,
) -> list[Placed]:
    """Look for a message in every seed's mailbox; raises InputError for what must not be read, before any is.

    ``tell`` is called after each.
    """
    require_imapclient()
    _require_permitted(file, allow, today)
    seeds = [SeedAt(each, file.provider[each.provider]) for each in file.seed]
    secrets = [secret_of(each) for each in seeds]
    turns = {name: Semaphore(_AT_ONCE_AT_A_PROVIDER) for name in file.provider}

    def read(pair: tuple[SeedAt, str]) -> Placed:
        seed, secret = pair
        with turns[seed.seed.provider]:
            found = look(seed, secret, wanted, tidy=tidy)
        tell()
        return found

    with ThreadPoolExecutor(_AT_ONCE) as readers:
        return list(readers.map(read, _mixed(list(zip(seeds, secrets, strict=True)))))


def _mixed(seeds: Sequence[tuple[SeedAt, str]]) -> list[tuple[SeedAt, str]]:
    """Return seeds so that those of one provider are far from each other, and do not wait for each other."""
    ranks: dict[str, int] = {}
    ordered = []
    for each in seeds:
        provider = each[0].seed.provider
        ranks[provider] = ranks.get(provider, -1) + 1
        ordered.append((ranks[provider], each))
    return [each for _, each in sorted(ordered, key=lambda item: item[0])]


def _require_permitted(file: SeedsFile, allow: Path | None, today: date) -> None:
    """Raise InputError unless every mailbox is on loopback, or an allow list names its host and its address."""
    for name, provider in file.provider.items():
        addresses = [each.address for each in file.seed if each.provider == name]
        host = Host(provider.host, provider.at_port)
        is_here = host.address is not None and ipaddress.ip_address(host.address).is_loopback
        if provider.tls == "none" and not is_here:
            problem = "would be sent passwords that others can read"
            raise InputError(f"provider {name}", problem, 'write tls = "implicit" or "starttls"')
        if allow is not None:
            named = permitted_host(allow, host, today).host.recipients
            for each in (each for each in addresses if each not in named):
                problem = f"is not among the recipients of {host.name} in {allow}"
                raise InputError(f"seed {each}", problem, "add it there if it is yours")
        elif not is_here:
            problem = "is not on this machine, and no allow list names it"
            raise InputError(host.name, problem, "name it, its seeds and your purpose in a file for --allow")
