"""The result of a run in a few sentences."""

from __future__ import annotations

from fake_gateways.truth import Cause
from probe.judge.scorecard import Scorecard
from probe.judge.watched import WatchScore


def summary(card: Scorecard) -> list[str]:
    """Return sentences: who received the message, which hard bounces were reported, and which of them are true."""
    truth = card.truth
    hard = card.hard_bounces_reported
    in_junk = f" ({card.junked:,} of them in junk)" if card.junked else ""
    lost = card.quarantined + card.discarded + card.bounced_later
    lines = _unknown(card) if card.as_logged else []
    first = len(lines)
    lines += [
        f"Of {count(card.recipients, 'recipient')}, {received(card):,} received the message{in_junk}.",
        f"Reported: {count(hard, 'hard bounce')} ({card.hard_bounce_rate:.1%}).",
    ]
    if lost:
        fates = (
            ("quarantined", card.quarantined),
            ("discarded", card.discarded),
            ("bounced later", card.bounced_later),
        )
        counts = ", ".join(f"{number:,} {fate}" for fate, number in fates if number)
        lines.insert(first + 1, f"Accepted but not delivered: {counts}.")
    if hard:
        gone = "Gone, as the log says" if card.as_logged else "Really gone"
        lines.append(f"{gone}: {truth.recipient_fault:,} of them ({truth.recipient_fault / hard:.0%}).")
    if truth.disguised:
        causes = sorted(
            ((score.disguised, cause) for cause, score in truth.by_cause.items() if score.disguised), reverse=True
        )
        reasons = ", ".join(f"{_reason(cause)} ({number:,})" for number, cause in causes)
        alive = "Alive, as the log says" if card.as_logged else "Alive"
        lines.append(f"{alive}: {truth.disguised:,}, refused for {reasons} in replies that say: no such mailbox.")
    too_large = truth.by_cause["too-large"].refused
    if too_large:
        lines.append(
            f"The message was too large for the gateways of {count(too_large, 'recipient')}; "
            "make it smaller, or raise the gateway's size_limit."
        )
    if truth.misread:
        alive = "Alive, as the log says" if card.as_logged else "Also alive"
        lines.append(
            f"{alive}: {truth.misread:,}. Their refusals did not say that the mailbox is gone, "
            "but their codes read as a hard bounce."
        )
    if card.refused_otherwise or card.given_up:
        lines.append(
            f"Also not delivered: {card.refused_otherwise + card.given_up:,} ({card.refused_otherwise:,} "
            f"refused for other reasons, {card.given_up:,} deferred until the sender gave up)."
        )
    lines += _watched(card.watched)
    return lines


def received(card: Scorecard) -> int:
    """Return how many recipients received the message: what was accepted may still be lost."""
    return card.delivered - card.quarantined - card.discarded - card.bounced_later


def unknown_causes(card: Scorecard) -> tuple[int, int]:
    """Return how many of the refused recipients have a cause that the log does not say, and how many were refused."""
    causes = card.truth.by_cause
    return causes[Cause.UNKNOWN.value].refused, sum(each.refused for each in causes.values())


def _reason(cause: str) -> str:
    return "an unknown cause" if cause == Cause.UNKNOWN else cause


def _unknown(card: Scorecard) -> list[str]:
    """Return how many causes the log does not say, and that the others are no more than what it says."""
    unknown, refused = unknown_causes(card)
    return [
        f"Causes still unknown: those of {unknown:,} of {count(refused, 'refused recipient')}.",
        "The other causes, and who is gone or alive, are as the log says, unless you changed them.",
    ]


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def after_start(seconds: float) -> str:
    """Return a time after a scenario's start, such as ``1:05 h``."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02} h"


def _watched(watched: WatchScore) -> list[str]:
    """Return what watching the blocklists told, and how long before the refusals; nothing without a watch."""
    if not watched.looks:
        return []
    if not watched.listed:
        return [f"Blocklists were looked at {count(watched.looks, 'time')}: no listing was seen."]
    first = min((each for each in watched.seen if each.state == "listed"), key=lambda each: each.since_s)
    lines = [f"Listed: {first.subject} on {first.zone}, seen {after_start(first.since_s)} after the start."]
    if watched.first_refused_s:
        cost = f", at a cost of {watched.unseen_cost:,.2f}" if watched.unseen_cost else ""
        lines.append(
            f"The first refusal for a listing came {after_start(watched.first_refused_s)} after the start. "
            f"Until then {count(watched.unseen_until_refusal, 'message')} missed the inbox for it{cost}."
        )
    return lines
