"""What the books have on one recipient, told in the order it happened."""

from __future__ import annotations

from collections.abc import Iterator

from probe.harmless import harmless
from probe.judge.join import join
from probe.ledger import Ledger
from probe.report.event_lines import moment, of_attempt, of_returned, of_truth


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
        events.append((attempt.at, [*of_attempt(attempt, dialogues.get((attempt.lane, attempt.seq))), of_truth(truth)]))
    events += (
        (truth.at, [f"{truth.peer_address} was answered at {truth.stage}: {truth.code} {truth.text}", of_truth(truth)])
        for truth in joined.orphaned_truths  # of senders that are not ours
        if truth.recipient.lower() == wanted
    )
    events += ((row.at, of_returned(row)) for row in ledger.returned() if row.recipient.lower() == wanted)
    events += (
        (row.at, [f"{row.kind} the message {row.message_id}"])
        for row in ledger.engagements()
        if row.recipient.lower() == wanted
    )
    for at, lines in sorted(events):
        yield ""
        yield f"{moment(at)}  {harmless(lines[0])}"
        yield from (f"  {harmless(line)}" for line in lines[1:])
