"""Everything that the books hold about one recipient, in the order it happened."""

from __future__ import annotations

from collections.abc import Iterator

from probe.harmless import harmless
from probe.judge.join import Joined, join
from probe.judge.scorecard import AS_THE_LOG_SAYS
from probe.ledger import Ledger
from probe.ledger.lane_books import LaneBooks
from probe.records.rows import Mailbox
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
    lanes = _lanes(ledger, box)
    # Real servers send their reports to one mailbox, and the reports belong to no lane.
    elsewhere = ledger.lane("", ()).returned() if all(lane.name for lane in lanes) else ()
    events += ((row.at, returned_lines(row)) for row in elsewhere if row.recipient.lower() == wanted)
    for lane in lanes:
        events += _attempts(ledger, lane, wanted, as_logged=as_logged)
        events += ((row.at, returned_lines(row)) for row in lane.returned() if row.recipient.lower() == wanted)
        events += (
            (row.at, [f"{row.kind} the message {row.message_id}"])
            for gateway in lane.gateways
            for row in lane.engagements_of(gateway)
            if row.recipient.lower() == wanted
        )
    for at, lines in sorted(events):
        yield ""
        yield f"{moment(at)}  {harmless(lines[0])}"
        yield from (f"  {harmless(line)}" for line in lines[1:])


def _lanes(ledger: Ledger, box: Mailbox | None) -> list[LaneBooks]:
    """Return the lane of the mailbox, or all lanes where no lane is known to have it."""
    lanes = list(ledger.lanes())
    return [lane for lane in lanes if box is not None and box.gateway in lane.gateways] or lanes


def _attempts(ledger: Ledger, lane: LaneBooks, wanted: str, *, as_logged: bool) -> Iterator[tuple[float, list[str]]]:
    """Yield attempts with their dialogues and decisions, then decisions on what senders that are not ours sent."""
    joined = _joined(lane, wanted)
    elsewhere = ((attempt, None) for attempt in joined.orphaned_attempts)  # at servers that are not ours
    pairs = [(attempt, truth) for attempt, truth in (*joined.pairs, *elsewhere) if attempt.recipient.lower() == wanted]
    dialogues = ledger.dialogues((lane.name, attempt.seq) for attempt, _ in pairs)
    for attempt, truth in pairs:
        dialogue = dialogues.get((lane.name, attempt.seq))
        yield attempt.at, [*attempt_lines(attempt, dialogue), truth_line(truth, as_logged=as_logged)]
    for truth in joined.orphaned_truths:
        if truth.recipient.lower() == wanted:
            said = f"reply to {truth.peer_address} at {truth.stage}: {truth.code} {truth.text}"
            yield truth.at, [said, truth_line(truth, as_logged=as_logged)]


def _joined(lane: LaneBooks, wanted: str) -> Joined:
    """Join what may concern a recipient: what has its name, a return-path of its attempts, or one of their connections.

    No other attempt or decision can be the counterpart of one of these.
    """
    own = [attempt for attempt in lane.attempts() if attempt.recipient.lower() == wanted]
    paths = {attempt.return_path for attempt in own}
    ends = {(each.mx_address, each.local_address, each.local_port) for each in own if each.mx_address}
    return join(
        (
            each
            for gateway in lane.gateways
            for each in lane.truths_of(gateway)
            if each.recipient.lower() == wanted
            or each.return_path in paths
            or (each.address, each.peer_address, each.peer_port) in ends
        ),
        (
            each
            for each in lane.attempts()
            if each.return_path in paths or (each.mx_address, each.local_address, each.local_port) in ends
        ),
    )
