"""Reads a user's file of blocklists."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from probe.input_error import valid_toml
from probe.listed.lists import Lists, checked, shipped
from probe.user_files import read_text

_MOST_OCTETS: Final = 1024 * 1024


def read_lists(path: Path | None) -> Lists:
    """Return the lists of a file, or those that come with the package; raises InputError.

    Lists that are known to be dead are not asked, whoever names them.
    """
    if path is None:
        return shipped()
    raw = valid_toml(read_text(path, _MOST_OCTETS, "name the lists that you want to know about"), path)
    return checked(raw, path).with_dead(shipped().dead)
