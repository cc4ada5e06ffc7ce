"""Reads the allow list and asks it about a target."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from probe.diagnose.host.allow_list import Permission, checked, permission, require_permitted
from probe.diagnose.host.host_name import Host
from probe.input_error import valid_toml
from probe.user_files import read_text

_MOST_OCTETS: Final = 1024 * 1024


def permitted_by(path: Path, host: Host, recipients: tuple[str, str], today: date) -> Permission:
    """Return what an allow list says about a host; raises InputError if it does not permit to ask it today.

    ``recipients`` are the one that is asked about, and a control.
    """
    text = read_text(path, _MOST_OCTETS, "name the few hosts that you ask about")
    raw = valid_toml(text, path)
    permitted = permission(checked(raw, path), path, host, today)
    require_permitted(permitted, path, *recipients)
    return permitted
