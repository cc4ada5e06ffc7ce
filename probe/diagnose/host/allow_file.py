"""Reads the allow list and asks it about a target."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from probe.diagnose.host.allow_list import (
    AllowedResolver,
    AllowList,
    Permission,
    checked,
    permission,
    require_permitted,
    resolver_permission,
)
from probe.diagnose.host.host_name import Host
from probe.input_error import valid_toml
from probe.user_files import read_text

_MOST_OCTETS: Final = 1024 * 1024


def permitted_host(path: Path, host: Host, today: date) -> Permission:
    """Return what an allow list says about a host; raises InputError if it does not name it for today."""
    return permission(_allow_list(path), path, host, today)


def permitted_by(path: Path, host: Host, recipients: tuple[str, str], today: date) -> Permission:
    """Return what an allow list says about a host; raises InputError if it does not permit to ask it today.

    ``recipients`` are the one that is asked about, and a control.
    """
    permitted = permitted_host(path, host, today)
    require_permitted(permitted, path, *recipients)
    return permitted


def resolver_permitted_by(path: Path, address: str, today: date) -> AllowedResolver:
    """Return what an allow list says about a resolver; raises InputError if it may not be asked today."""
    return resolver_permission(_allow_list(path), path, address, today)


def _allow_list(path: Path) -> AllowList:
    text = read_text(path, _MOST_OCTETS, "name the few hosts that you ask about")
    return checked(valid_toml(text, path), path)
