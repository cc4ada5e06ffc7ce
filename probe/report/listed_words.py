"""The sentences about a look at blocklists, and about what changed."""

from __future__ import annotations

from probe.listed.answer import FAULTS, Fault, State
from probe.listed.changes import Change
from probe.listed.document import counts
from probe.listed.look import Look
from probe.report.summary import count


def verdict(look: Look) -> str:
    """Return the result in one sentence."""
    found = counts(look)
    parts = [
        f"{count(found.listed, 'listing')}" if found.listed else "no listing found",
        f"{found.not_listed:,} not listed",
    ]
    if found.unknown:
        parts.append(f"{found.unknown:,} unknown")
    if found.wrong:
        parts.append(f"{count(found.wrong, 'record')} of the sender {'is' if found.wrong == 1 else 'are'} wrong")
    return f"{', '.join(parts)} (asked {look.resolver})"


def unknown_zones(look: Look) -> dict[Fault, list[str]]:
    """Return the zones at which something is unknown, by the reason."""
    found: dict[Fault, dict[str, None]] = {}
    for entry in look.entries(State.UNKNOWN):
        if entry.decided.fault is not None:
            found.setdefault(entry.decided.fault, {})[entry.zone] = None
    return {fault: list(zones) for fault, zones in sorted(found.items())}


def change_sentence(change: Change) -> str:
    """Return what changed, in one sentence."""
    subject, zone = change.place
    if change.state is State.LISTED:
        return f"{subject} is listed by {zone} ({change.told})"
    if change.state is State.UNKNOWN:
        fault = _fault(change.told)
        return f"{subject} at {zone}: unknown, {FAULTS[fault] if fault else change.told}"
    return f"{subject} is not listed by {zone}"


def _fault(text: str) -> Fault | None:
    return Fault(text) if text in set(Fault) else None
