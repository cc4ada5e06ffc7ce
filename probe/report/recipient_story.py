"""Everything that the books hold about one recipient, in the order it happened."""

from __future__ import annotations

from collections.abc import Iterator

from probe.harmless import harmless
from probe.judge.join import join
from probe.judge.scorecard import AS_THE_LOG_SAYS
from probe.ledger import Ledger
from probe.report.event_lines import attempt_lines, moment, returned_lines, truth_line


def recipient_story(ledger: Ledger, recipient: str) -> Iterator[str]:
    """Yield lines about a recipient: mailbox, attempts with dialogue and truth, returned messages, engagement.

    Text of peers is harmless: it holds no control characters.
    """
    wanted = recipient.lower()
    as_logged = ledger.note("truth_is") == AS_THE_LOG_SAYS
    box = ledger.mailbox(wanted)
    if box is not None:
        until = "" if box.left_at is None else f", until its owner leaves on {moment(box.left_at)}"
        logged = ", as the log says" if as_logged else ""
        yield f"mailbox    {box.state} at {box.gateway}{until}{logged}"
    events: list[tuple[float, list[str]]] = []
    joined = join(ledger.truths(), ledger.attempts())
    elsewhere = ((attempt, None) for attempt in joined.orphaned_attempts)  # at servers that are not ours
    pairs = [(attempt, truth) for attempt, truth in (*joined.pairs, *elsewhere) if attempt.recipient.lower() == wanted]
    dialogues = ledger.dialogues((attempt.lane, attempt.seq) for attempt, _ in pairs)
    for attempt, truth in pairs:
        dialogue = dialogues.get((attempt.lane, attempt.seq))
        events.append((attempt.at, [*attempt_lines(attempt, dialogue), truth_line(truth, as_logged=as_logged)]))
    events += (
        (
            truth.at,
            [
                f"reply to {truth.peer_address} at {truth.stage}: {truth.code} {truth.text}",
                truth_line(truth, as_logged=as_logged),
            ],
        )
        for truth in joined.orphaned_truths  # of senders that are not ours
        if truth.recipient.lower() == wanted
    )
    events += ((row.at, returned_lines(row)) for row in ledger.returned() if row.recipient.lower() == wanted)
    events += (
        (row.at, [f"{row.kind} the message {row.message_id}"])
        for row in ledger.engagements()
        if row.recipient.lower() == wanted
    )
    for at, lines in sorted(events):
        yield ""
        yield f"{moment(at)}  {harmless(lines[0])}"
        yield from (f"  {harmless(line)}" for line in lines[1:])
