"""The answer as sentences."""

from __future__ import annotations

from probe.judge.scorecard import Scorecard


def answer(card: Scorecard) -> list[str]:
    """Return the answer as sentences."""
    truth = card.truth
    hard = card.hard_bounces_reported
    into_junk = f" ({card.junked:,} of them into junk)" if card.junked else ""
    lost = card.quarantined + card.discarded + card.bounced_later
    lines = [
        f"Of {count(card.recipients, 'recipient')}, {card.delivered - lost:,} got the message{into_junk}.",
        f"Reported: {count(hard, 'hard bounce')} ({card.hard_bounce_rate:.1%}).",
    ]
    if lost:
        fates = (
            ("quarantined", card.quarantined),
            ("discarded", card.discarded),
            ("bounced later", card.bounced_later),
        )
        told = ", ".join(f"{number:,} {fate}" for fate, number in fates if number)
        lines.insert(1, f"Taken by the gateway and never read: {told}.")
    if hard:
        lines.append(f"Really gone: {truth.recipient_fault:,} of them ({truth.recipient_fault / hard:.0%}).")
    if truth.disguised:
        causes = sorted(
            ((score.disguised, cause) for cause, score in truth.by_cause.items() if score.disguised), reverse=True
        )
        told = ", ".join(f"{number:,} for {cause}" for number, cause in causes)
        lines.append(f"Alive: {truth.disguised:,}, refused {told}, and told as if the mailbox did not exist.")
    too_large = truth.by_cause["too-large"].refused
    if too_large:
        lines.append(
            f"Too large: the message, for the gateways of {count(too_large, 'recipient')}; "
            "make it smaller, or raise size_limit of the gateway."
        )
    if truth.misread:
        lines.append(
            f"Alive as well: {truth.misread:,}, whose refusals did not speak of the mailbox "
            "but have numbers that read as a hard bounce."
        )
    if card.refused_otherwise or card.given_up:
        lines.append(
            f"Not delivered either: {card.refused_otherwise + card.given_up:,}, of which {card.refused_otherwise:,} "
            f"refused for other reasons and {card.given_up:,} deferred until the sender gave up."
        )
    return lines


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
