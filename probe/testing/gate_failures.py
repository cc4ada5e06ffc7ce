"""Which recipients a failed gate is about, and at which gateways most of them are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from probe.harmless import SHOWN
from probe.judge.findings import Concerned, concerned, gateway_of
from probe.judge.story import JudgedRecipient

GATEWAYS: Final = 5
"""Gateways that are named."""


@dataclass
class _AtGateway:
    """The recipients at a gateway, counted, and an example. A living one is the better: its loss costs more."""

    example: JudgedRecipient
    recipients: int = 0

    def count(self, recipient: JudgedRecipient) -> None:
        self.recipients += 1
        self.example = min(self.example, recipient, key=_rank)


def _rank(recipient: JudgedRecipient) -> tuple[bool, float]:
    return not recipient.story.mailbox.alive, recipient.story.evidence.attempts[0].at


def recipient_lines(
    figures: Iterable[str], classifiers: Collection[str], recipients: Iterable[JudgedRecipient]
) -> dict[str, list[str]]:
    """Return the recipients behind figures of the scorecard: how many, at which gateways most, one example each.

    A figure is its path, joined by dots. ``classifiers`` are those that read the run. Replies are quoted, on one line
    each.
    """
    about = {figure: concerned(figure, classifiers) for figure in figures}
    found: dict[str, dict[str, _AtGateway]] = {figure: {} for figure in about}
    for recipient in recipients:
        for figure, each in about.items():
            if each.is_about(recipient):
                found[figure].setdefault(gateway_of(recipient.story), _AtGateway(recipient)).count(recipient)
    return {figure: _lines(about[figure], by_gateway) for figure, by_gateway in found.items()}


def _lines(about: Concerned, by_gateway: dict[str, _AtGateway]) -> list[str]:
    total = sum(each.recipients for each in by_gateway.values())
    if not total:
        return []
    ranked = sorted(by_gateway.items(), key=lambda item: (-item[1].recipients, item[0]))
    lines = [f"{total:,} {'is' if total == 1 else 'are'} {about.description}:"]
    lines += [f"  {each.recipients:,} at {name}, such as {_shown(each.example)}" for name, each in ranked[:GATEWAYS]]
    if len(ranked) > GATEWAYS:
        lines.append(f"  and more at {len(ranked) - GATEWAYS:,} other gateways")
    return lines


def _shown(recipient: JudgedRecipient) -> str:
    story = recipient.story
    code, enhanced, text = story.evidence.heard
    words = " ".join(text.split())
    shown = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
    reply = " ".join(filter(None, (str(code or ""), enhanced, repr(shown))))
    truth = story.truth
    if truth is None:
        why = "no decision"
    elif truth.cause is None:
        why = str(truth.fate)
    else:
        why = f"{truth.fate} for {truth.cause}{'' if truth.honest else f', claimed as {truth.claimed}'}"
    return f"{recipient.key[1]} ({story.mailbox}): {why}: {reply}"
