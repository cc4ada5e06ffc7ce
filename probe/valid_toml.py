"""Reads the TOML text of a user, and says in one sentence what is wrong with it."""

from __future__ import annotations

from typing import Any

from fake_gateways.untrusted.toml_text import parse_toml
from probe.input_error import InputError


def valid_toml(text: str, place: object, remedy: str = "correct the line it names") -> dict[str, Any]:
    """Return the table of a text; raises InputError about its place."""
    try:
        return parse_toml(text)
    except ValueError as error:
        raise InputError(place, f"is not valid TOML ({error})", remedy) from None
