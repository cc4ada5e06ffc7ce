"""What the books have on one recipient, told in the order it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fake_gateways.truth import Truth
from probe.attempt import Attempt
from probe.check.join import join
from probe.coming_home import Returned
from probe.ledger import Ledger
from probe.report.harmless import harmless


def tell(ledger: Ledger, recipient: str) -> Iterator[str]:
    """Yield lines about a recipient: its mailbox, every attempt with its dialogue and the truth, what came home.

    What peers said is made harmless: no control character reaches the terminal.
    """
    wanted = recipient.lower()
    box = ledger.mailbox(wanted)
    if box is not None:
        until = "" if box.left_at is None else f", until its owner leaves on {moment(box.left_at)}"
        yield f"mailbox    {box.state} at {box.gateway}{until}"
    events: list[tuple[float, list[str]]] = []
    joined = join(ledger.truths(), ledger.attempts())
    of_nobody = ((attempt, None) for attempt in joined.orphaned_attempts)  # at servers that are not ours
    pairs = [(attempt, truth) for attempt, truth in (*joined.pairs, *of_nobody) if attempt.recipient.lower() == wanted]
    dialogues = ledger.dialogues((attempt.lane, attempt.seq) for attempt, _ in pairs)
    for attempt, truth in pairs:
        events.append((attempt.at, [*_attempt(attempt, dialogues.get((attempt.lane, attempt.seq))), *_truth(truth)]))
    events += (
        (truth.at, [f"{truth.peer_address} was answered at {truth.stage}: {truth.code} {truth.text}", *_truth(truth)])
        for truth in joined.orphaned_truths  # of senders that are not ours
        if truth.recipient.lower() == wanted
    )
    events += ((row.at, _returned(row)) for row in ledger.returned() if row.recipient.lower() == wanted)
    events += (
        (row.at, [f"{row.kind} the message {row.message_id}"])
        for row in ledger.engagements()
        if row.recipient.lower() == wanted
    )
    for at, lines in sorted(events):
        yield ""
        yield f"{moment(at)}  {harmless(lines[0])}"
        yield from (f"  {harmless(line)}" for line in lines[1:])


def _attempt(attempt: Attempt, dialogue: str | None) -> list[str]:
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


def _truth(truth: Truth | None) -> list[str]:
    if truth is None:
        return ["truth: nobody's decision"]
    if truth.cause is None:
        return [f"truth: {truth.fate}"]
    told = "" if truth.honest else f", told as {truth.claimed}"
    return [f"truth: {truth.fate} for {truth.cause} by {truth.policy}{told}"]


def _returned(row: Returned) -> list[str]:
    said = " ".join(filter(None, (row.action, row.status, row.text)))
    return [f"{row.kind} came home, joined by {row.joined_by}", *([said] if said else [])]


def moment(at: float) -> str:
    """Return a moment, in seconds since the epoch, as people write it (UTC)."""
    return datetime.fromtimestamp(at, UTC).isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
