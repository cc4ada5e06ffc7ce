"""Which recipients a failed gate is about, and at which gateways most of them are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from probe.judge.findings import Readings, concerned, gateway_of
from probe.judge.story import Key, Story

GATEWAYS: Final = 5
"""Gateways that are named."""
_SHOWN: Final = 80
"""Characters of a reply that are shown."""


def recipient_lines(figure: str, stories: Mapping[Key, Story], readings: Readings) -> list[str]:
    """Return the recipients behind a figure of the scorecard: how many, at which gateways most, one example each.

    ``figure`` is its path, joined by dots. Replies are quoted, on one line each.
    """
    found = concerned(figure, stories, readings)
    if not found.keys:
        return []
    by_gateway: dict[str, list[Key]] = {}
    for key in found.keys:
        by_gateway.setdefault(gateway_of(stories[key]), []).append(key)
    ranked = sorted(by_gateway.items(), key=lambda item: (-len(item[1]), item[0]))
    total = len(found.keys)
    lines = [f"{total:,} {'is' if total == 1 else 'are'} {found.description}:"]
    for gateway, keys in ranked[:GATEWAYS]:
        # A living recipient is the better example: its loss costs more.
        living = (key for key in keys if stories[key].mailbox.alive)
        lines.append(f"  {len(keys):,} at {gateway}, such as {_example(next(living, keys[0]), stories)}")
    if len(ranked) > GATEWAYS:
        lines.append(f"  and more at {len(ranked) - GATEWAYS:,} other gateways")
    return lines


def _example(key: Key, stories: Mapping[Key, Story]) -> str:
    story = stories[key]
    code, enhanced, text = story.evidence.heard
    words = " ".join(text.split())
    shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
    reply = " ".join(filter(None, (str(code or ""), enhanced, repr(shown))))
    truth = story.truth
    if truth is None:
        why = "no decision"
    elif truth.cause is None:
        why = str(truth.fate)
    else:
        why = f"{truth.fate} for {truth.cause}{'' if truth.honest else f', claimed as {truth.claimed}'}"
    return f"{key[1]} ({story.mailbox}): {why}: {reply}"
