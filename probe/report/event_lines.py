"""The events of a recipient as lines of text: attempts, decisions of the gateway, returned messages."""

from __future__ import annotations

from datetime import UTC, datetime

from fake_gateways.truth import Truth
from probe.records.attempt import Attempt, reply_line
from probe.records.returned import Returned


def attempt_lines(attempt: Attempt, dialogue: str | None) -> list[str]:
    """Describe an attempt: sender and server, result with reply, and the SMTP dialogue if it was recorded.

    Of what another system sent, its log may say little: what it does not say is left out.
    """
    reply = reply_line(attempt.code, attempt.enhanced, attempt.text)
    if not attempt.code:
        reply = ": ".join(filter(None, (attempt.failure, " ".join(attempt.text.split()))))
    server = " ".join(filter(None, (attempt.mx, attempt.mx_address and f"[{attempt.mx_address}]")))
    if attempt.failure and not attempt.mx:
        server = "no mail server"
    parts = (
        ("of", attempt.campaign),
        ("", attempt.message and f"({attempt.message})"),
        ("from", attempt.local_address),
        ("to", server),
    )
    what = " ".join(word for name, value in parts if value for word in (name, value) if word)
    encrypted = ", encrypted" if attempt.tls else ""
    stage = f" at {attempt.stage}" if attempt.stage else ""
    return [
        f"attempt {attempt.number} {what}".rstrip() + encrypted,
        ": ".join(filter(None, (f"{attempt.outcome}{stage}", reply))),
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
    """Return a time (seconds since the epoch) in the format of ISO 8601, as UTC, to the millisecond.

    0 is the time of an attempt of which no log says when it was.
    """
    if not at:
        return "at an unknown time"
    return datetime.fromtimestamp(at, UTC).isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
