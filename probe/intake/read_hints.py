"""Reads what the options of a command say about a log."""

from __future__ import annotations

from collections.abc import Iterable

from probe.input_error import InputError
from probe.intake.formats.columns import KNOWN_KINDS, kind_of
from probe.intake.hints import Hints
from probe.intake.reading.dates import ORDERS, order_of
from probe.returned_mail.verp import Delimiters


def read_hints(
    columns: Iterable[str], kind: str | None, dates: str | None, year: int | None, verp: str | None = None
) -> Hints:
    """Return the hints in the options of these names; raises InputError."""
    known_kind = None if kind is None else kind_of(kind)
    if kind is not None and known_kind is None:
        raise InputError(f"--kind {kind}", "is not a kind of event", f"use one of: {KNOWN_KINDS}")
    order = None if dates is None else order_of(dates)
    if dates is not None and order is None:
        remedy = f"use one of {', '.join(ORDERS)}; for 31/12/2026 it is dmy"
        raise InputError(f"--dates {dates}", "is not an order of day, month and year", remedy)
    return Hints(dict(map(_column, columns)), known_kind, order, year, None if verp is None else _delimiters(verp))


def _delimiters(text: str) -> Delimiters:
    if len(text) != 2 or text[0] == text[1] or text.isalnum() or "@" in text:
        remedy = "write for example +=, as Postfix's default_verp_delimiters"
        raise InputError(f"--verp {text}", "is not two different signs", remedy)
    return Delimiters(*text)


def _column(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise InputError(f"--columns {text}", "is not a pair of names", "write for example recipient=email")
    return ours, theirs
