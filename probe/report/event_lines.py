"""The events of a recipient as lines of text: attempts, decisions of the gateway, returned messages."""

from __future__ import annotations

from datetime import UTC, datetime

from fake_gateways.truth import Truth
from probe.records.attempt import Attempt
from probe.records.returned import Returned


def attempt_lines(attempt: Attempt, dialogue: str | None) -> list[str]:
    """Describe an attempt: sender and server, result with reply, and the SMTP dialogue if it was recorded."""
    reply = (
        f"{attempt.code} {attempt.enhanced or ''} {attempt.text}"
        if attempt.code
        else f"{attempt.failure}: {attempt.text}"
    )
    where = f"{attempt.mx} [{attempt.mx_address}]" if attempt.mx else "no mail server"
    encrypted = ", encrypted" if attempt.tls else ""
    what = f"attempt {attempt.number} of {attempt.campaign} ({attempt.message})"
    return [
        f"{what} from {attempt.local_address or 'no address'} to {where}{encrypted}",
        f"{attempt.outcome} at {attempt.stage}: {' '.join(reply.split())}",
        *(f"  {line}" for line in (dialogue or "").splitlines()),
    ]


def truth_line(truth: Truth | None, *, as_logged: bool = False) -> str:
    """Describe the gateway's decision, and the cause it claimed if that is another one.

    Of a replayed log it is no truth, but what the log says (``as_logged``).
    """
    known = "as the log says" if as_logged else "truth"
    if truth is None:
        return f"{known}: no decision"
    if truth.cause is None:
        return f"{known}: {truth.fate}"
    claimed = "" if truth.honest else f", claimed as {truth.claimed}"
    return f"{known}: {truth.fate} for {truth.cause} by policy {truth.policy}{claimed}"


def returned_lines(row: Returned) -> list[str]:
    """Describe a returned message, such as a delivery report."""
    content = " ".join(filter(None, (row.action, row.status, row.text)))
    return [f"{row.kind} returned, joined by {row.joined_by}", *([content] if content else [])]


def moment(at: float) -> str:
    """Return a time (seconds since the epoch) in the format of ISO 8601, as UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
