"""What happened to a recipient, in lines: an attempt, the decision behind it, what came home."""

from __future__ import annotations

from datetime import UTC, datetime

from fake_gateways.truth import Truth
from probe.records.attempt import Attempt
from probe.records.returned import Returned


def of_attempt(attempt: Attempt, dialogue: str | None) -> list[str]:
    """Tell an attempt, with what passed over the line as far as it was kept."""
    said = (
        f"{attempt.code} {attempt.enhanced or ''} {attempt.text}"
        if attempt.code
        else f"{attempt.failure}: {attempt.text}"
    )
    where = f"{attempt.mx} [{attempt.mx_address}]" if attempt.mx else "no exchanger"
    encrypted = ", encrypted" if attempt.tls else ""
    what = f"attempt {attempt.number} of {attempt.campaign} ({attempt.message})"
    return [
        f"{what} from {attempt.local_address} at {where}{encrypted}",
        f"{attempt.outcome} at {attempt.stage}: {' '.join(said.split())}",
        *(f"  {line}" for line in (dialogue or "").splitlines()),
    ]


def of_truth(truth: Truth | None) -> str:
    """Tell what a gateway decided, and what it said instead."""
    if truth is None:
        return "truth: nobody's decision"
    if truth.cause is None:
        return f"truth: {truth.fate}"
    told = "" if truth.honest else f", told as {truth.claimed}"
    return f"truth: {truth.fate} for {truth.cause} by {truth.policy}{told}"


def of_returned(row: Returned) -> list[str]:
    """Tell what came home."""
    said = " ".join(filter(None, (row.action, row.status, row.text)))
    return [f"{row.kind} came home, joined by {row.joined_by}", *([said] if said else [])]


def moment(at: float) -> str:
    """Return a time (seconds since the epoch) as ISO 8601 writes it, UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
