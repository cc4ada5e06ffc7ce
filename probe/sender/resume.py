"""What an earlier run left undone at servers that are not ours, where nothing may be sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.records.attempt import Attempt, Failure, Outcome
from probe.records.rows import Intent
from probe.sender.destination_queue import Due
from probe.sender.messages import Mail
from probe.sender.recipients import Delivery
from probe.sender.retry import RetrySchedule


class Left(NamedTuple):
    """Where a lane goes on: what waits for another attempt, what was not tried yet, and how many attempts there are.

    ``in_doubt`` are attempts that nobody knows the outcome of: the run was killed during them. ``at`` is when the last
    attempt ended, in seconds since the epoch.
    """

    dues: tuple[tuple[float, Due], ...]
    untried: tuple[tuple[Delivery, ...], ...]
    in_doubt: tuple[Attempt, ...]
    written: int
    at: float


def left_over(
    lane: str,
    transactions: Sequence[tuple[Delivery, ...]],
    attempts: Iterable[Attempt],
    intents: Iterable[Intent],
    *,
    schedule: RetrySchedule,
    mail: Mail,
    starts: float,
) -> Left:
    """Work out from the books what is left to do."""
    tried: dict[tuple[str, str], list[Attempt]] = {}
    written, at = 0, starts
    for attempt in attempts:
        tried.setdefault((attempt.campaign, attempt.recipient), []).append(attempt)
        written, at = max(written, attempt.seq), max(at, attempt.at + attempt.duration_s)
    meant = Counter((intent.campaign, intent.recipient) for intent in intents)
    dues: list[tuple[float, Due]] = []
    untried: list[tuple[Delivery, ...]] = []
    in_doubt: list[Attempt] = []
    for transaction in transactions:
        fresh = []
        for delivery in transaction:
            key = (delivery.campaign, delivery.recipient)
            past = tried.get(key, [])
            if any(attempt.failure == Failure.IN_DOUBT for attempt in past):
                continue
            if meant[key] > sum(attempt.mx_address != "" for attempt in past):
                written += 1
                number = past[-1].number + 1 if past else 1
                # What went out together at first had one message; a retry's company is not known any more.
                together = (delivery,) if past else transaction
                in_doubt.append(_in_doubt(lane, written, delivery, together, mail, at=at, number=number))
            elif not past:
                fresh.append(delivery)
            else:
                last = past[-1]
                wait_s = schedule.next_wait_s(last, last.at + last.duration_s - past[0].at)
                if wait_s is not None:
                    due = Due((delivery,), last.number + 1, past[0].at)
                    dues.append((max(at, last.at + last.duration_s + wait_s), due))
        if fresh:
            untried.append(tuple(fresh))
    return Left(tuple(dues), tuple(untried), tuple(in_doubt), written, at)


def _in_doubt(
    lane: str, seq: int, delivery: Delivery, together: Sequence[Delivery], mail: Mail, *, at: float, number: int
) -> Attempt:
    """Return the attempt during which the run was killed: whether the server has the message nobody can tell."""
    return Attempt(
        lane=lane,
        seq=seq,
        at=round(at, 6),
        duration_s=0.0,
        number=number,
        campaign=delivery.campaign,
        message=mail.file_of(delivery),
        message_id=mail.message_id(together),
        return_path=mail.return_path(together),
        recipient=delivery.recipient,
        mx="",
        mx_address="",
        local_address=delivery.source,
        local_port=0,
        tls=False,
        stage=Stage.CONNECT,
        outcome=Outcome.FAILED,
        code=None,
        enhanced=None,
        text="the run was killed while the server had the message in hand",
        failure=Failure.IN_DOUBT,
        connection=0,
        position=0,
        greeting="",
    )
