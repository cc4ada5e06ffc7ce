"""The work an interrupted run left undone at real servers, where no message may be sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.retests import is_retest
from probe.records.attempt import Attempt, Failure, Outcome
from probe.records.rows import Intent
from probe.sender.destination_queue import QueuedTransaction
from probe.sender.messages import MessageBuilder
from probe.sender.recipients import Delivery
from probe.sender.retry import RetrySchedule


class RemainingWork(NamedTuple):
    """What is left to do in a lane.

    ``queued`` are retries with the moment of each, ``untried`` are transactions without an attempt so far. ``refused``
    are deliveries that were refused and not retested, each with the number of its next attempt and the moment of the
    refusal. ``in_doubt`` are attempts during which the run was killed, so their outcome is unknown. ``past`` are all
    attempts, ``written`` is the highest number of one, ``at`` is when the last one ended, in seconds since the epoch.
    """

    queued: tuple[tuple[float, QueuedTransaction], ...]
    untried: tuple[tuple[Delivery, ...], ...]
    refused: tuple[tuple[Delivery, int, float], ...]
    in_doubt: tuple[Attempt, ...]
    past: tuple[Attempt, ...]
    written: int
    at: float


def remaining_work(
    lane: str,
    transactions: Sequence[tuple[Delivery, ...]],
    attempts: Iterable[Attempt],
    intents: Iterable[Intent],
    *,
    schedule: RetrySchedule,
    messages: MessageBuilder,
    starts: float,
) -> RemainingWork:
    """Return what is left to do, by the attempts and intents in the books. ``starts`` is the start of the scenario."""
    tried: dict[tuple[str, str], list[Attempt]] = {}
    past_attempts = tuple(attempts)
    written, at = 0, starts
    for attempt in past_attempts:
        tried.setdefault((attempt.campaign, attempt.recipient), []).append(attempt)
        written, at = max(written, attempt.seq), max(at, attempt.at + attempt.duration_s)
    meant = Counter((intent.campaign, intent.recipient) for intent in intents)
    queued: list[tuple[float, QueuedTransaction]] = []
    untried: list[tuple[Delivery, ...]] = []
    refused: list[tuple[Delivery, int, float]] = []
    in_doubt: list[Attempt] = []
    for transaction in transactions:
        new = []
        for delivery in transaction:
            key = (delivery.campaign, delivery.recipient)
            past = tried.get(key, [])
            if any(attempt.failure == Failure.IN_DOUBT for attempt in past):
                continue
            if meant[key] > sum(attempt.mx_address != "" for attempt in past):
                written += 1
                number = past[-1].number + 1 if past else 1
                # The first attempt has the whole transaction; the books do not say who shared a retry.
                together = (delivery,) if past else transaction
                in_doubt.append(_in_doubt(lane, written, delivery, together, messages, at=at, number=number))
            elif not past:
                new.append(delivery)
            else:
                test = next((each for place, each in enumerate(past) if is_retest(each, past[:place])), None)
                last, first = past[-1], test or past[0]
                ended = last.at + last.duration_s
                wait_s = schedule.next_wait_s(last, ended - first.at)
                if wait_s is not None:
                    again = delivery if test is None else delivery._replace(source=last.local_address)
                    retry = QueuedTransaction((again,), last.number + 1, first.at, test=test is not None)
                    queued.append((max(at, ended + wait_s), retry))
                elif last.outcome == Outcome.REFUSED and test is None:
                    refused.append((delivery, last.number + 1, ended))
        if new:
            untried.append(tuple(new))
    return RemainingWork(
        queued=tuple(queued),
        untried=tuple(untried),
        refused=tuple(refused),
        in_doubt=tuple(in_doubt),
        past=past_attempts,
        written=written,
        at=at,
    )


def _in_doubt(
    lane: str,
    seq: int,
    delivery: Delivery,
    together: Sequence[Delivery],
    messages: MessageBuilder,
    *,
    at: float,
    number: int,
) -> Attempt:
    """Return the attempt during which the run was killed: the server may or may not have the message."""
    names = messages.names(together)
    return Attempt(
        lane=lane,
        seq=seq,
        at=round(at, 6),
        duration_s=0.0,
        number=number,
        campaign=delivery.campaign,
        message=names.file,
        message_id=names.message_id,
        return_path=names.return_path,
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
